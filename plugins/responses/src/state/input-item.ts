import { isObject, type JsonObject } from "@agproxy/core";

/**
 * An item of a request as it is stored and shown: with an id, a status, and its content as parts.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-items
 */
export function inputItem(item: JsonObject, id: string): JsonObject {
  const known = withoutNulls(item);
  switch (known["type"] ?? (known["role"] === undefined ? undefined : "message")) {
    case "message":
      return known["role"] === "assistant"
        ? assistantMessage(known, id)
        : requestMessage(known, id);
    case "reasoning":
      return { summary: [], ...known, id };
    case "compaction":
    case "item_reference":
      return { ...known, id };
    case undefined:
      return known;
    default:
      return { status: "completed", ...known, id };
  }
}

function requestMessage(message: JsonObject, id: string): JsonObject {
  const content = parts(message["content"], "input_text").map((part) =>
    part["type"] === "input_image" ? { detail: "auto", ...part } : part,
  );
  return { status: "completed", ...message, type: "message", id, content };
}

function assistantMessage(message: JsonObject, id: string): JsonObject {
  const content = parts(message["content"], "output_text").map((part) =>
    part["type"] === "output_text" ? { annotations: [], logprobs: [], ...part } : part,
  );
  return { status: "completed", ...message, type: "message", id, content };
}

function parts(content: unknown, type: "input_text" | "output_text"): readonly JsonObject[] {
  if (typeof content === "string") return [{ type, text: content }];
  if (!Array.isArray(content)) return [];
  return content.filter(isObject).map((part) => ({
    ...withoutNulls(part),
    type: part["type"] === "text" ? type : part["type"],
  }));
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
