import { AgproxyError, type ChatEvent, type FinishReason } from "@agproxy/core";
import { choiceState, type ChoiceState, type PartReader, endPartialCall } from "./answer-parts.ts";
import { citations, searchQueries } from "./citations.ts";
import { list, word, type AnyFields } from "../shape.ts";
import { usageOf } from "./usage.ts";

/**
 * The events that close an answer: calls still open, searches, citations, a finish for every choice, then usage once.
 * A finish waits until here because text, and even an error, can follow one on this wire.
 */
export function endOfAnswer(
  choices: readonly ChoiceState[],
  usage: AnyFields | undefined,
  feedback: AnyFields | undefined,
  reader: PartReader,
): void {
  const complete = choices.length > 0 && choices.every(({ finish }) => finish !== undefined);
  const block = complete ? undefined : blocked(feedback);
  if (choices.length === 0 && block === undefined) {
    throw new AgproxyError(
      "upstream_cut",
      "The upstream ended its answer without saying anything.",
    );
  }
  const ending = choices.length === 0 ? [choiceState(0)] : choices;
  for (const choice of ending) closeChoice(choice, block, reader);
  const counted = usage === undefined ? undefined : usageOf(usage);
  if (counted !== undefined) reader.out.push({ type: "usage", usage: counted });
}

interface Block {
  readonly detail: string;
  readonly message: string | undefined;
}

/** Why the prompt was not answered. Source: https://ai.google.dev/api/generate-content#PromptFeedback */
function blocked(feedback: AnyFields | undefined): Block | undefined {
  const reason = blockWord(feedback?.blockReason);
  const message = word(feedback?.blockReasonMessage);
  if (reason === undefined && message === undefined) return undefined;
  return { detail: reason ?? "BLOCKED", message };
}

function closeChoice(choice: ChoiceState, block: Block | undefined, reader: PartReader): void {
  if (choice.finish === undefined && block === undefined) throw new AgproxyError("upstream_cut");
  if (choice.partial !== undefined) endPartialCall(choice, reader);
  const refusal = refusalIn(choice, block);
  if (refusal !== undefined)
    reader.out.push({ type: "refusal", choice: choice.index, text: refusal });
  tellSources(choice, reader);
  reader.out.push(finish(choice, block));
}

/** Tells of what was searched and found since the last time. */
export function tellSources(choice: ChoiceState, { out }: PartReader): void {
  const { grounding, sources, pages, index, lastGrounding } = choice;
  if (grounding.length + sources.length + pages.length === 0) return;
  const queries = searchQueries(grounding);
  if (queries.length > 0) out.push({ type: "search", choice: index, queries });
  // Supports may refer to the sources of an earlier payload.
  const all = lastGrounding === undefined ? grounding : [lastGrounding, ...grounding];
  for (const citation of citations({ grounding: all, sources, pages }, choice)) {
    const key = `${citation.url} ${citation.start} ${citation.end}`;
    if (choice.cited.has(key)) continue;
    choice.cited.add(key);
    out.push({ type: "citation", choice: index, citation });
  }
  choice.lastGrounding = grounding.findLast(hasChunks) ?? lastGrounding;
  grounding.length = 0;
  sources.length = 0;
  pages.length = 0;
}

function hasChunks({ groundingChunks }: AnyFields): boolean {
  return list(groundingChunks).length > 0;
}

/**
 * Why nothing was said: the vendor's message, or its finish word. Without it, a filtered answer looks like an empty
 * one.
 */
function refusalIn(choice: ChoiceState, block: Block | undefined): string | undefined {
  const { finish: vendorWord, finishMessage, text, calledTools } = choice;
  if (vendorWord === undefined)
    return block?.message ?? `The prompt was blocked: ${block?.detail}.`;
  const filtered = finishReason(vendorWord, calledTools) === "content-filter";
  if (!filtered || text !== "") return undefined;
  return finishMessage ?? `The answer was filtered: ${vendorWord}.`;
}

function finish(choice: ChoiceState, block: Block | undefined): ChatEvent {
  const type = "finish";
  if (choice.finish === undefined) {
    return { type, choice: choice.index, reason: "content-filter", detail: block?.detail ?? "" };
  }
  const detail = finishDetail(choice.finish, choice.finishMessage);
  const reason = finishReason(choice.finish, choice.calledTools);
  return { type, choice: choice.index, reason, ...(detail === undefined ? {} : { detail }) };
}

/**
 * All documented reasons. An unknown one becomes `other`, with the vendor's own word as its detail.
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

/**
 * For answers with enums as integers: the numbers of `google.ai.generativelanguage.v1beta.Candidate.FinishReason`.
 */
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

/** The vendor's word for a finish, which comes as a word or a number; undefined while the answer goes on. */
export function finishWord(value: unknown): string | undefined {
  return enumWord(value, numbers);
}

/** The vendor's word for why a prompt was blocked. */
function blockWord(value: unknown): string | undefined {
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
