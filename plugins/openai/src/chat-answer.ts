import type { Answer, Choice } from "@agproxy/core";
import { annotations, type Insert } from "./annotations.ts";
import type { ChatWish } from "./chat-request.ts";
import { wireFinish } from "./finish-reason.ts";
import { wireLogprobs } from "./logprobs.ts";
import { markdown } from "./markdown.ts";
import { extraContent } from "./signature.ts";
import type { Stamp } from "./stamp.ts";
import { wireUsage } from "./usage.ts";
import { isFunctionCall, wireFunctionCall, wireToolCall, type Call } from "./wire-tool-call.ts";

/**
 * A whole answer.
 * Source: https://platform.openai.com/docs/api-reference/chat/object
 */
export function chatAnswer(answer: Answer, stamp: Stamp, wish: ChatWish) {
  const { id, created, model } = stamp;
  const choices = answer.choices.map((choice, index) => wireChoice(choice, index, wish));
  const body = { id, object: "chat.completion", created, model, choices };
  return answer.usage === undefined ? body : { ...body, usage: wireUsage(answer.usage) };
}

interface Draft {
  content: string | undefined;
  text: number;
  inserts: Insert[];
  reasoning: string;
  refusal: string;
  calls: Call[];
  signature: string | undefined;
}

function wireChoice(choice: Choice, index: number, wish: ChatWish) {
  const draft = gather(choice);
  const { content, reasoning, refusal, calls } = draft;
  const legacy = calls.filter((_, nth) => isFunctionCall(wish, nth)).map(wireFunctionCall);
  const rest = calls.slice(legacy.length).map((call) => wireToolCall(call, wish));
  const anything = Boolean(content) || refusal !== "" || calls.length > 0;
  return {
    index,
    message: {
      role: "assistant",
      // Null says that something else was answered; clients that expect text get an empty one.
      content: content ?? (calls.length > 0 || refusal !== "" ? null : ""),
      refusal: refusal === "" ? null : refusal,
      ...(reasoning === "" ? undefined : { reasoning_content: reasoning }),
      ...(legacy[0] === undefined ? undefined : { function_call: legacy[0] }),
      ...(rest.length === 0 ? undefined : { tool_calls: rest }),
      annotations: annotations(choice.citations, draft),
      ...extraContent(draft.signature),
    },
    logprobs: wireLogprobs(choice.logprobs),
    ...wireFinish(choice.finish, { calls: calls.length, anything }, wish.legacyFunctions),
  };
}

function gather(choice: Choice): Draft {
  const draft: Draft = {
    content: undefined,
    text: 0,
    inserts: [],
    reasoning: "",
    refusal: "",
    calls: [],
    signature: undefined,
  };
  for (const part of choice.content) add(draft, part);
  return draft;
}

function add(draft: Draft, part: Choice["content"][number]): void {
  switch (part.type) {
    case "text":
      draft.content = (draft.content ?? "") + part.text;
      draft.text += part.text.length;
      break;
    case "reasoning":
      draft.reasoning += part.text;
      break;
    case "refusal":
      draft.refusal += part.text;
      break;
    case "tool-call":
      // Its signature travels with the call itself.
      draft.calls.push(part);
      return;
    case "search":
      break;
    default:
      insert(draft, markdown(part));
  }
  draft.signature = part.signature ?? draft.signature;
}

function insert(draft: Draft, piece: string): void {
  draft.inserts.push({ at: draft.text, length: piece.length });
  draft.content = (draft.content ?? "") + piece;
}
