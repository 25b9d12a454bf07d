import type { Fields, MediaPart, TextPart } from "@agproxy/core";
import { foreignPart, type Ignored, unknownText, withMedia } from "@agproxy/plugin-openai-wire";

type Content = TextPart | MediaPart;

/** The blocks of a field that may also be a text. */
export function blocksOf(owner: Fields, key: string): string | readonly Fields[] {
  const content = owner.get(key);
  if (content === undefined) return [];
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return owner.objects(key);
  throw owner.wrong(key, "a string or an array of blocks");
}

/**
 * The content of a user's message, a tool's result or a document: a text, or blocks that hold no calls and results.
 * Source: https://docs.claude.com/en/api/messages#body-messages
 */
export function plainContent(owner: Fields, key: string, ignored: Ignored): readonly Content[] {
  const blocks = blocksOf(owner, key);
  const parts =
    typeof blocks === "string"
      ? [textPart(blocks)]
      : blocks.flatMap((block) => plainBlock(block, ignored));
  return withMedia(parts, false);
}

function textPart(text: string): TextPart {
  return { type: "text", text };
}

/** A block that is content in itself. One of unknown type is passed on as JSON, and named; a large one is refused. */
export function plainBlock(block: Fields, ignored: Ignored): readonly Content[] {
  const type = block.string("type");
  switch (type) {
    case "text":
      return [textPart(block.string("text") ?? "")];
    case "image":
      return [medium(block, ignored)];
    case "document":
      return documentParts(block, ignored);
    case "search_result":
      return searchResult(block, ignored);
    case "tool_reference":
      return [textPart(`Found the tool ${block.string("tool_name") ?? ""}.`)];
    default:
      ignored.add(`messages.content.${type ?? "untyped"}`);
      return [textPart(unknownText(block, advice))];
  }
}

const advice = "Send media as blocks of the type `image` or `document`.";

function medium(block: Fields, ignored: Ignored): Content {
  const part = foreignPart(block);
  if (part === undefined) {
    throw block.wrong("source", "base64 `data`, a `url` or a `file_id`");
  }
  if (block.peek("transformations") !== undefined) ignored.add("messages.content.transformations");
  return part;
}

/** A document with what the client says about it: the model reads that before it. */
function documentParts(block: Fields, ignored: Ignored): readonly Content[] {
  if (block.peek("citations")?.get("enabled") === true) ignored.add("messages.content.citations");
  const source = block.object("source");
  const content =
    source?.get("type") === "content"
      ? plainContent(source, "content", ignored)
      : [medium(block, ignored)];
  const about = [block.string("title"), block.string("context")].filter(Boolean);
  return about.length === 0 ? content : [textPart(about.join("\n")), ...content];
}

/** What the client's own search found: where, and the text. */
function searchResult(block: Fields, ignored: Ignored): readonly Content[] {
  const about = [block.string("title"), block.string("source")].filter(Boolean);
  return [textPart(about.join("\n")), ...plainContent(block, "content", ignored)];
}
