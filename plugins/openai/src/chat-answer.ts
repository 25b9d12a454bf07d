import {
  randomId,
  type Answer,
  type Choice,
  type TokenLogprob,
  type ToolCallPart,
} from "@agproxy/core";
import { annotations, Layout } from "./annotations.ts";
import type { ChatWish } from "./chat-request.ts";
import { wireFinish } from "./choice-stream.ts";
import { dataUri, markdown, type Shown } from "./markdown.ts";
import { wireAudio, type Sound } from "./spoken.ts";
import { wireUsage } from "./usage.ts";
import { customInput, extraContent } from "@agproxy/plugin-openai-wire";

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
  const choices = answer.choices.map((choice, index) => wireChoice(choice, index, wish, created));
  const body = { id, object: "chat.completion", created, model, choices };
  return answer.usage === undefined ? body : { ...body, usage: wireUsage(answer.usage) };
}

interface Draft {
  content: string | undefined;
  layout: Layout;
  reasoning: string;
  refusal: string;
  calls: Call[];
  images: WireImage[];
  sounds: Sound[];
  signature: string | undefined;
}

function wireChoice(choice: Choice, index: number, wish: ChatWish, created: number) {
  const draft = gather(choice, wish);
  const { content, reasoning, refusal, calls, images, sounds } = draft;
  const legacy = calls.filter((_, nth) => isFunctionCall(wish, nth)).map(wireFunctionCall);
  const rest = calls.slice(legacy.length).map((call) => wireToolCall(call, wish));
  const other = refusal !== "" || [calls, images, sounds].some(({ length }) => length > 0);
  const soundWish = { created, transcript: content ?? "", format: wish.audio ?? "wav" };
  const written = { calls: calls.length, anything: other || Boolean(content) };
  return {
    index,
    message: {
      role: "assistant",
      // Null says that something else was answered; clients that expect text get an empty one.
      content: content ?? (other ? null : ""),
      refusal: refusal === "" ? null : refusal,
      ...(reasoning === "" ? undefined : { reasoning_content: reasoning }),
      ...(legacy[0] === undefined ? undefined : { function_call: legacy[0] }),
      ...(rest.length === 0 ? undefined : { tool_calls: rest }),
      ...(images.length === 0 ? undefined : { images }),
      ...(sounds.length === 0
        ? undefined
        : { audio: wireAudio(`audio_${randomId()}`, sounds, soundWish) }),
      annotations: annotations(choice.citations, draft.layout),
      ...extraContent(draft.signature),
    },
    logprobs: wireLogprobs(choice.logprobs),
    ...wireFinish(choice.finish, written, wish.legacyFunctions),
  };
}

function gather(choice: Choice, wish: ChatWish): Draft {
  const draft: Draft = {
    content: undefined,
    layout: new Layout(),
    reasoning: "",
    refusal: "",
    calls: [],
    images: [],
    sounds: [],
    signature: undefined,
  };
  for (const part of choice.content) add(draft, part, wish);
  return draft;
}

function add(draft: Draft, part: Choice["content"][number], wish: ChatWish): void {
  switch (part.type) {
    case "text":
      draft.content = (draft.content ?? "") + part.text;
      draft.layout.addText(part.text.length);
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
      if (isFieldSound(part, wish)) draft.sounds.push(soundOf(part));
      else if (isFieldImage(part, wish)) draft.images.push(wireImage(part, draft.images.length));
      else insert(draft, markdown(part));
  }
  draft.signature = part.signature ?? draft.signature;
}

function insert(draft: Draft, piece: string): void {
  draft.layout.addInsert(piece.length);
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

interface WireImage {
  readonly type: "image_url";
  readonly image_url: { readonly url: string };
  readonly index: number;
}

/** Whether a piece of an answer goes into `images` instead of the text. */
export function isFieldImage(
  piece: Shown,
  wish: ChatWish,
): piece is Extract<Shown, { type: "media" }> {
  return wish.images === "field" && piece.type === "media" && piece.media === "image";
}

/** Whether a piece of an answer goes into `audio` instead of the text. */
export function isFieldSound(
  piece: Shown,
  wish: ChatWish,
): piece is Extract<Shown, { type: "media" }> & { readonly media: "audio" } {
  return wish.audio !== undefined && piece.type === "media" && piece.media === "audio";
}

function soundOf(piece: Extract<Shown, { type: "media" }>): Sound {
  const { mimeType = "" } = piece;
  if ("data" in piece) return { mimeType, data: piece.data };
  return { mimeType, data: piece.source.kind === "data" ? piece.source.data : "" };
}

/** A picture as OpenRouter and LiteLLM answer it. Source: https://openrouter.ai/docs/features/multimodal/image-generation */
export function wireImage(image: Extract<Shown, { type: "media" }>, index: number): WireImage {
  return { type: "image_url", image_url: { url: dataUri(image) }, index };
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

/** @param written the call's arguments, or its input where it is of a custom tool; a stream begins with a piece of it */
export function wireToolCall(call: Call, wish: ChatWish, written?: string) {
  const { id, name } = call;
  const signed = extraContent(call.signature);
  if (wish.customTools.has(name)) {
    const input = written ?? customInput(call.arguments);
    return { id, type: "custom", custom: { name, input }, ...signed };
  }
  return {
    id,
    type: "function",
    function: { name, arguments: written ?? call.arguments },
    ...signed,
  };
}
