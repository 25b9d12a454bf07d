import { type ChatEvent, type JsonObject, objectIn, parsedJson } from "@agproxy/core";
import { wireSignature } from "../signature-field.ts";

const outcomes = {
  ok: "OUTCOME_OK",
  failed: "OUTCOME_FAILED",
  timeout: "OUTCOME_DEADLINE_EXCEEDED",
} as const;

/** What is read of a part again, and what else it may have. */
export interface AnswerPart {
  readonly text?: string;
  readonly thought?: true;
  readonly thoughtSignature?: string;
  readonly [field: string]: unknown;
}

/** Events that are parts. */
export type PartEvent = Extract<
  ChatEvent,
  { type: "text" | "refusal" | "reasoning" | "tool-call" | "media" | "code" | "code-result" }
>;

/** A part of an answer. Source: https://ai.google.dev/api/caching#Part */
export function answerPart(event: PartEvent): AnswerPart {
  const part = unsigned(event);
  const { signature } = event;
  return signature === undefined ? part : { ...part, thoughtSignature: wireSignature(signature) };
}

function unsigned(event: PartEvent): AnswerPart {
  switch (event.type) {
    case "text":
    case "refusal":
      return { text: event.text };
    case "reasoning":
      return { text: event.text, thought: true };
    case "tool-call": {
      const { id, name } = event;
      return { functionCall: { id, name, args: argumentsOf(event.arguments) } };
    }
    case "media":
      return { inlineData: { mimeType: event.mimeType, data: event.data } };
    case "code":
      return { executableCode: { language: event.language.toUpperCase(), code: event.code } };
    case "code-result":
      return { codeExecutionResult: { outcome: outcomes[event.outcome], output: event.output } };
  }
}

/** Arguments are an object on this wire. What a model wrote that is none goes into a field of its own. */
function argumentsOf(text: string): JsonObject {
  if (text.trim() === "") return {};
  return objectIn(parsedJson(text)) ?? { _raw: text };
}
