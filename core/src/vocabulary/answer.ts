/** The vocabulary of answers: what a model says, event by event and as a whole. Types only. */
import type {
  TextPart,
  ReasoningPart,
  RefusalPart,
  SearchPart,
  ToolCallPart,
  MediaPart,
  CodePart,
  CodeResultPart,
} from "./chat.ts";

/** Why a choice ended. */
export type FinishReason =
  | "stop"
  | "length"
  | "tool-calls"
  | "content-filter"
  /** The model meant to call a tool and failed to write the call. */
  | "malformed-tool-call"
  /** A reason that only the vendor has; `detail` names it. */
  | "other";

/** How many tokens an answer took. */
export interface Usage {
  /** Everything the model read, cached tokens included. */
  readonly inputTokens: number;
  /** Everything the model wrote, reasoning included. */
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly inputAudioTokens?: number;
  readonly outputAudioTokens?: number;
}

/** The natural logarithm of a token's probability, and of the likeliest alternatives'. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** A source of an answer. */
export interface Citation {
  readonly url: string;
  readonly title?: string;
  /** The range of the choice's text that the source supports, in UTF-16 units; `end` is exclusive. */
  readonly start?: number;
  readonly end?: number;
}

interface OfChoice {
  /** Which of several answers to one request, from 0. */
  readonly choice: number;
  readonly signature?: string;
}

/**
 * The smallest thing that an answer says. A good stream has a `finish` for every choice; a failure is thrown, not said.
 *
 * @example
 * const events: readonly ChatEvent[] = [
 *   { type: "text", choice: 0, text: "Hello" },
 *   { type: "finish", choice: 0, reason: "stop" },
 *   { type: "usage", usage: { inputTokens: 3, outputTokens: 1, totalTokens: 4 } },
 * ];
 */
export type ChatEvent =
  | (OfChoice & { readonly type: "text"; readonly text: string })
  | (OfChoice & { readonly type: "reasoning"; readonly text: string })
  | (OfChoice & { readonly type: "refusal"; readonly text: string })
  /** One whole call. `id` is unique within the conversation; `arguments` is JSON text. */
  | (OfChoice & {
      readonly type: "tool-call";
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    })
  | (OfChoice & {
      readonly type: "media";
      readonly media: "image" | "audio" | "video" | "file";
      readonly mimeType: string;
      /** base64 */
      readonly data: string;
    })
  | (OfChoice & { readonly type: "code"; readonly language: string; readonly code: string })
  | (OfChoice & {
      readonly type: "code-result";
      readonly outcome: "ok" | "failed" | "timeout";
      readonly output: string;
    })
  /** The vector of one input; `choice` is the place of that input in the request. */
  | (OfChoice & { readonly type: "embedding"; readonly vector: readonly number[] })
  | (OfChoice & { readonly type: "search"; readonly queries: readonly string[] })
  | (OfChoice & { readonly type: "citation"; readonly citation: Citation })
  | (OfChoice & { readonly type: "logprobs"; readonly tokens: readonly TokenLogprob[] })
  | (OfChoice & {
      readonly type: "finish";
      readonly reason: FinishReason;
      /** The vendor's own name for the reason, and its message. */
      readonly detail?: string;
      /** With `stop`: which of the request's stop sequences ended it, where the vendor says. */
      readonly stopSequence?: string;
    })
  /** Of several, the last one counts. */
  | { readonly type: "usage"; readonly usage: Usage };

/**
 * The events of an answer, in batches: one per upstream read, so that one read is one write to the client. A batch may be
 * empty.
 *
 * @example
 * async function* hello(): ChatStream & AsyncGenerator<readonly ChatEvent[]> {
 *   yield [{ type: "text", choice: 0, text: "Hello" }];
 *   yield [{ type: "finish", choice: 0, reason: "stop" }];
 * }
 */
export type ChatStream = AsyncIterable<readonly ChatEvent[]>;

/** One of the answers to one request, collected. */
export interface Choice {
  readonly content: readonly (
    | TextPart
    | ReasoningPart
    | RefusalPart
    | ToolCallPart
    | MediaPart
    | CodePart
    | CodeResultPart
    | SearchPart
  )[];
  readonly citations: readonly Citation[];
  readonly logprobs: readonly TokenLogprob[];
  readonly embedding?: readonly number[];
  readonly finish: {
    readonly reason: FinishReason;
    readonly detail?: string;
    readonly stopSequence?: string;
  };
}

/** A whole answer: what `collect` makes of a stream. */
export interface Answer {
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
}
