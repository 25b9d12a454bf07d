import type { Choice } from "@agproxy/core";

/**
 * The word for how a choice ended, and the message beside it. Google's own words come back as they were.
 * Source: https://ai.google.dev/api/generate-content#FinishReason
 */
export function finishFields({ reason, detail }: Choice["finish"]) {
  const [, word, message] = /^([A-Z][A-Z_]+)(?:: (.+))?$/s.exec(detail ?? "") ?? [];
  const finishMessage = word === undefined ? detail : message;
  return {
    finishReason: word ?? words[reason],
    ...(finishMessage === undefined ? {} : { finishMessage }),
  };
}

const words: Readonly<Record<Choice["finish"]["reason"], string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
  "malformed-tool-call": "MALFORMED_FUNCTION_CALL",
  other: "OTHER",
};
