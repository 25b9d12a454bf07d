import type { FinishReason } from "@agproxy/core";

/**
 * Every reason there is. One that is not in here is `other`, with the vendor's own word beside it.
 * Source: https://ai.google.dev/api/generate-content#FinishReason
 */
const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  IMAGE_SAFETY: "content-filter",
  IMAGE_PROHIBITED_CONTENT: "content-filter",
  IMAGE_RECITATION: "content-filter",
  MODEL_ARMOR: "content-filter",
  MALFORMED_FUNCTION_CALL: "malformed-tool-call",
  UNEXPECTED_TOOL_CALL: "malformed-tool-call",
  LANGUAGE: "other",
  OTHER: "other",
  IMAGE_OTHER: "other",
  NO_IMAGE: "other",
  TOO_MANY_TOOL_CALLS: "other",
  MISSING_THOUGHT_SIGNATURE: "other",
  MALFORMED_RESPONSE: "other",
};

/** The numbers of `google.ai.generativelanguage.v1beta.Candidate.FinishReason`, for answers with enums as integers. */
const numbers: readonly string[] = [
  "FINISH_REASON_UNSPECIFIED",
  "STOP",
  "MAX_TOKENS",
  "SAFETY",
  "RECITATION",
  "OTHER",
  "LANGUAGE",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "MALFORMED_FUNCTION_CALL",
  "IMAGE_SAFETY",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_OTHER",
  "NO_IMAGE",
  "IMAGE_RECITATION",
  "MISSING_THOUGHT_SIGNATURE",
  "MALFORMED_RESPONSE",
];

const blockNumbers: readonly string[] = [
  "BLOCK_REASON_UNSPECIFIED",
  "SAFETY",
  "OTHER",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "IMAGE_SAFETY",
];

/** The vendor's word for a finish, whether it came as a word or a number; absent while the answer goes on. */
export function finishWord(value: unknown): string | undefined {
  return enumWord(value, numbers);
}

/** The vendor's word for why a prompt was blocked. */
export function blockWord(value: unknown): string | undefined {
  return enumWord(value, blockNumbers);
}

function enumWord(value: unknown, names: readonly string[]): string | undefined {
  const name = typeof value === "number" ? (names[value] ?? String(value)) : value;
  if (typeof name !== "string" || name === "" || name === names[0]) return undefined;
  return name;
}

/** Gemini says STOP after tool calls too. */
export function finishReason(vendorWord: string, calledTools: boolean): FinishReason {
  const reason = Object.hasOwn(reasons, vendorWord) ? reasons[vendorWord] : undefined;
  return reason === "stop" && calledTools ? "tool-calls" : (reason ?? "other");
}

/** What the vendor says about a finish; nothing where it ended as it should. */
export function finishDetail(vendorWord: string, message: string | undefined): string | undefined {
  if (vendorWord === "STOP" || vendorWord === "MAX_TOKENS") return undefined;
  return message === undefined ? vendorWord : `${vendorWord}: ${message}`;
}
