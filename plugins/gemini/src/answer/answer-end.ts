import { AgproxyError, type ChatEvent } from "@agproxy/core";
import { choiceState, type ChoiceState, type PartReader } from "./choice.ts";
import { citations, searchQueries } from "./citations.ts";
import { blockWord, finishDetail, finishReason } from "./finish-reason.ts";
import { word, type AnyFields } from "../shape.ts";
import { endPartialCall } from "./tool-call.ts";
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
  endPartialCall(choice, reader);
  const refusal = refusalIn(choice, block);
  if (refusal !== undefined)
    reader.out.push({ type: "refusal", choice: choice.index, text: refusal });
  const queries = searchQueries(choice.grounding);
  if (queries.length > 0) reader.out.push({ type: "search", choice: choice.index, queries });
  for (const citation of citations(choice, choice)) {
    reader.out.push({ type: "citation", choice: choice.index, citation });
  }
  reader.out.push(finish(choice, block));
}

/** Why nothing was said, in the vendor's words or its word: without any, a filtered answer looks like an empty one. */
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
