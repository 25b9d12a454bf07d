import {
  mediaKindOf,
  type MediaPart,
  mediaTypeOfContent,
  type Part,
  type TextPart,
} from "@agproxy/core";

/**
 * The parts with media in place of the markdown links with data URIs in their texts. Chat answers carry pictures so:
 * sent back as text, one picture would be a million tokens. The text around a link stays as it is, and so does a link
 * to anything else than a medium.
 *
 * The signature of a text goes to its last part.
 *
 * A text may also quote such a link, shortened or made up. So the content's first bytes must show a known type.
 *
 * @param isAnswer whether a model wrote the parts: there, a link with the label that chat answers write is one.
 */
export function withMedia<Any extends Part>(
  content: readonly Any[],
  isAnswer: boolean,
): readonly (Any | TextPart | MediaPart)[] {
  if (!content.some((part) => part.type === "text" && part.text.includes(opening))) return content;
  return content.flatMap((part): readonly (Any | TextPart | MediaPart)[] => {
    if (part.type !== "text") return [part];
    const parts = splitMediaLinks(part.text, isAnswer);
    const { signature } = part;
    if (signature === undefined) return parts;
    return parts.map((one, index) => (index === parts.length - 1 ? { ...one, signature } : one));
  });
}

function splitMediaLinks(text: string, isAnswer: boolean): readonly (TextPart | MediaPart)[] {
  const parts: (TextPart | MediaPart)[] = [];
  let textStart = 0;
  for (let found = text.indexOf(opening); found !== -1;) {
    const link = linkAround(text, found, textStart);
    const next = link?.end ?? found + opening.length;
    if (link !== undefined && (isMedium(link) || (isAnswer && isOwn(link)))) {
      if (link.start > textStart) parts.push(textPart(text.slice(textStart, link.start)));
      const { mimeType, data } = link;
      const media = mediaKindOf(mimeType);
      parts.push({ type: "media", media, mimeType, source: { kind: "data", data } });
      textStart = link.end;
    }
    found = text.indexOf(opening, next);
  }
  if (textStart < text.length || parts.length === 0) parts.push(textPart(text.slice(textStart)));
  return parts;
}

const opening = "](data:";

interface MediaLink {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly mimeType: string;
  readonly data: string;
}

/** A label is a word or a file's name. Looking back no further keeps a text of many brackets from costing quadratic time. */
const maxLabelLength = 200;
/** A media type and its parameters. */
const maxTypeLength = 200;

/** Media that models read. SVG is text to them. */
const mediaTypes = /^(?:image\/(?!svg)|audio\/|video\/|application\/pdf$)/;

function isMedium({ mimeType, data }: MediaLink): boolean {
  return mediaTypes.test(mimeType) && mediaTypeOfContent(data) !== undefined;
}

/** Whether a chat answer of agproxy wrote it: sound, for one, has no first bytes that show its type. */
function isOwn({ label, mimeType, data }: MediaLink): boolean {
  return label === mediaKindOf(mimeType) && data.length % 4 === 0 && !/svg/.test(mimeType);
}

/** The link whose `](data:` stands at `middle`; undefined where its content is not base64. */
function linkAround(text: string, middle: number, from: number): MediaLink | undefined {
  const labelLimit = Math.max(from, middle - maxLabelLength);
  const label = labelLimit + text.slice(labelLimit, middle).lastIndexOf("[");
  if (label < labelLimit) return undefined;
  const typeStart = middle + opening.length;
  const head = text.slice(typeStart, typeStart + maxTypeLength);
  const [whole, mimeType = ""] = /^([\w.+-]+\/[\w.+-]+)(?:;[\w.+=-]+)*;base64,/i.exec(head) ?? [];
  if (whole === undefined) return undefined;
  const dataStart = typeStart + whole.length;
  base64.lastIndex = dataStart;
  base64.test(text);
  const dataEnd = base64.lastIndex;
  if (dataEnd <= dataStart || text[dataEnd] !== ")") return undefined;
  const start = label > from && text[label - 1] === "!" ? label - 1 : label;
  const data = text.slice(dataStart, dataEnd);
  const type = /^audio\/(?:l16|pcm)/i.test(mimeType)
    ? whole.slice(0, -";base64,".length)
    : mimeType;
  const name = text.slice(label + 1, middle);
  return { start, end: dataEnd + 1, label: name, mimeType: type.toLowerCase(), data };
}

const base64 = /[A-Za-z0-9+/]+={0,2}/y;

function textPart(text: string): TextPart {
  return { type: "text", text };
}
