import type { ChatEvent, CodePart, CodeResultPart, MediaPart } from "@agproxy/core";

/** A piece of an answer that the API has no field for, streamed or whole. */
export type Shown = CodePart | CodeResultPart | MediaPart | Extract<ChatEvent, { type: "media" }>;

/** Such a piece as part of the text, the way chat windows show it. */
export function markdown(piece: Shown): string {
  switch (piece.type) {
    case "code":
      return fenced(piece.language, piece.code);
    case "code-result":
      return fenced(piece.outcome === "ok" ? "output" : `output (${piece.outcome})`, piece.output);
    default: {
      const link = `[${piece.media}](${dataUri(piece)})`;
      return piece.media === "image" ? `!${link}` : link;
    }
  }
}

/** Where a medium is: its content as a data URI, or the address of one that is elsewhere. */
export function dataUri(piece: Extract<Shown, { type: "media" }>): string {
  const { mimeType = "application/octet-stream" } = piece;
  if ("data" in piece) return `data:${mimeType};base64,${piece.data}`;
  const { source } = piece;
  if (source.kind === "data") return `data:${mimeType};base64,${source.data}`;
  return source.kind === "url" ? source.url : source.id;
}

/** The fence is longer than any in the text, so that the text cannot end it. */
function fenced(label: string, text: string): string {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(runs.reduce((length, run) => Math.max(length, run.length + 1), 3));
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `\n${fence}${label}\n${body}${fence}\n`;
}
