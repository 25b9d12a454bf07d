import type { Answer, Choice, TokenLogprob, ToolCallPart } from "@agproxy/core";
import { annotations, type Insert } from "./annotations.ts";
import type { ChatWish } from "./chat-request.ts";
import { wireFinish } from "./finish-reason.ts";
import { markdown } from "./markdown.ts";
import { extraContent } from "./signature.ts";
import { wireUsage } from "./usage.ts";
import { customInput } from "@agproxy/plugin-openai-wire";

/** What every piece of one answer carries alike. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
}

/**
 * A whole answer.
 * Source: https://platform.openai.com/docs/api-reference/chat/object
 */
export function chatAnswer(answer: Answer, head: AnswerHead, wish: ChatWish) {
  const { id, created, model } = head;
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

function wireToken({ token, logprob }: { readonly token: string; readonly logprob: number }) {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

/** The probabilities of a choice's tokens; null where there are none, as the API writes it. */
export function wireLogprobs(tokens: readonly TokenLogprob[]) {
  if (tokens.length === 0) return null;
  const content = tokens.map((token) => ({
    ...wireToken(token),
    top_logprobs: token.top.map(wireToken),
  }));
  return { content, refusal: null };
}

export type Call = Pick<ToolCallPart, "id" | "name" | "arguments" | "signature">;

/**
 * Where the nth call of a choice goes. `function_call` has room for one, so in an answer to a client of the
 * older API every further call is a tool call: two in one field would be read as one with broken arguments.
 */
export function isFunctionCall(wish: ChatWish, nth: number): boolean {
  return wish.legacyFunctions && nth === 0;
}

export function wireFunctionCall(call: Call) {
  return { name: call.name, arguments: call.arguments, ...extraContent(call.signature) };
}

export function wireToolCall(call: Call, wish: ChatWish) {
  const { id, name } = call;
  const signed = extraContent(call.signature);
  if (wish.customTools.has(name)) {
    return { id, type: "custom", custom: { name, input: customInput(call.arguments) }, ...signed };
  }
  return { id, type: "function", function: { name, arguments: call.arguments }, ...signed };
}
