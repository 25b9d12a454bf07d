import {
  AgproxyError,
  type ChatRequest,
  isObject,
  type JsonObject,
  type MediaPart,
} from "@agproxy/core";

/** The body with an account's labels; those that the client wrote itself win. */
export function withLabels(
  body: JsonObject,
  labels: Readonly<Record<string, string>> | undefined,
): JsonObject {
  if (labels === undefined) return body;
  const own = isObject(body["labels"]) ? body["labels"] : {};
  return { ...body, labels: { ...labels, ...own } };
}

/** Throws `invalid_request` for a file that was uploaded to the Gemini API: Vertex AI cannot reach it, and has no such files. */
export function refuseUploads({ messages }: ChatRequest): void {
  for (const [index, { content }] of messages.entries()) {
    for (const part of content) {
      const inner = part.type === "tool-result" ? part.content : [part];
      if (inner.some((each) => each.type === "media" && isUpload(each))) {
        throw new AgproxyError("invalid_request", "Vertex AI has no uploaded files.", {
          param: `messages[${index}]`,
          advice: "Send the file itself, or a link to Cloud Storage (gs://…).",
        });
      }
    }
  }
}

function isUpload({ source }: MediaPart): boolean {
  if (source.kind === "file") return !/^\w+:\/\//.test(source.id);
  return (
    source.kind === "url" && source.url.startsWith("https://generativelanguage.googleapis.com/")
  );
}
