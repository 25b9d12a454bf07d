import { type ChatRequest, Fields } from "@agproxy/core";
import { camelObject } from "./camel-object.ts";
import { readGenerate } from "./request.ts";

/**
 * The request whose tokens a client wants to know: its contents, or a whole request of `generateContent`.
 * Source: https://ai.google.dev/api/tokens#method:-models.counttokens
 */
export function countedRequest(body: unknown, model: string): ChatRequest {
  const fields = Fields.of(body, "");
  const whole =
    camelObject(fields, "generateContentRequest") ??
    camelObject(fields, "generate_content_request");
  return readGenerate(whole?.values ?? fields.values, { model, method: "countTokens" }, new Map());
}
