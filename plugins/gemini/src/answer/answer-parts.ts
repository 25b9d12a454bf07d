import { type ChatEvent, mediaKindOf } from "@agproxy/core";
import type { ChoiceState, PartReader } from "./choice.ts";
import { fields, word, type AnyFields } from "../shape.ts";
import { readCall } from "./tool-call.ts";

/** Reads one part of an answer. The first part of an event may continue the last part of the event before. */
export function readPart(
  choice: ChoiceState,
  part: AnyFields,
  first: boolean,
  reader: PartReader,
): void {
  const given = word(part.thoughtSignature) ?? word(part.thought_signature);
  const signature = given === undefined ? undefined : reader.mark(given);
  const kind = kindOf(part);
  if (!first || kind !== choice.lastKind || kind === "other") {
    choice.partStarts.push(choice.text.length);
  }
  choice.lastKind = kind;
  if (typeof part.text === "string") readText(choice, part.text, kind, signature, reader);
  if (isInvocation(part)) choice.invocations.push(part);
  const call = fields(part.functionCall);
  if (call !== undefined) readCall(choice, call, signature, reader);
  // A picture drawn while thinking is a sketch of the answer, not a part of it.
  else if (part.thought !== true || part.inlineData === undefined) {
    const event = otherEvent(choice.index, part);
    if (event === undefined) return;
    const said = signature === undefined ? event : { ...event, signature };
    if (said.type === "media" && signature !== undefined) reader.keepPicture(said);
    reader.out.push(said);
  }
}

/**
 * Whether a part says what one of the vendor's own tools did beside functions. The API wants these parts back unchanged,
 * before the function call that they led to; no client can carry them.
 * Source: https://ai.google.dev/gemini-api/docs/tool-combination
 */
function isInvocation({ toolCall, toolResponse }: AnyFields): boolean {
  return fields(toolCall) !== undefined || fields(toolResponse) !== undefined;
}

function kindOf(part: AnyFields): "text" | "thought" | "other" {
  if (typeof part.text !== "string") return "other";
  return part.thought === true ? "thought" : "text";
}

function readText(
  choice: ChoiceState,
  text: string,
  kind: "text" | "thought" | "other",
  signature: string | undefined,
  { out }: PartReader,
): void {
  if (text === "" && signature === undefined) return;
  const type = kind === "thought" ? "reasoning" : "text";
  if (type === "text") choice.text += text;
  const event = { type, choice: choice.index, text } as const;
  out.push(signature === undefined ? event : { ...event, signature });
}

function otherEvent(
  choice: number,
  part: AnyFields,
): Extract<ChatEvent, { type: "media" | "code" | "code-result" }> | undefined {
  const media = fields(part.inlineData);
  if (typeof media?.data === "string") {
    const mimeType = word(media.mimeType) ?? "application/octet-stream";
    return { type: "media", choice, media: mediaKindOf(mimeType), mimeType, data: media.data };
  }
  const code = fields(part.executableCode);
  if (code !== undefined) {
    return { type: "code", choice, language: language(code.language), code: word(code.code) ?? "" };
  }
  const result = fields(part.codeExecutionResult);
  if (result === undefined) return undefined;
  const output = word(result.output) ?? "";
  return { type: "code-result", choice, outcome: outcome(result.outcome), output };
}

/** Python is the only language, and 1 in the enum. */
function language(value: unknown): string {
  return (word(value) ?? "python").toLowerCase();
}

function outcome(value: unknown): "ok" | "failed" | "timeout" {
  if (value === "OUTCOME_OK" || value === 1) return "ok";
  return value === "OUTCOME_DEADLINE_EXCEEDED" || value === 3 ? "timeout" : "failed";
}
