/** The vocabulary of answers: what a model says, step by step and as a whole. Types only. */
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

export type FinishReason =
  | "stop"
  | "length"
  | "tool-calls"
  | "content-filter"
  /** The model meant to call a tool and failed to write the call. */
  | "malformed-tool-call"
  /** The upstream ended the answer for a reason of its own; see `detail`. */
  | "other";

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

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

export interface Citation {
  readonly url: string;
  readonly title?: string;
  /** Character range of the answer's text that the source supports, in UTF-16 units. */
  readonly start?: number;
  readonly end?: number;
}

interface OfChoice {
  /** Which of the alternative answers; 0 where there is one. */
  readonly choice: number;
  readonly signature?: string;
}

/** One step of an answer. A stream of them ends after `finish` of every choice; an error is thrown. */
export type ChatEvent =
  | (OfChoice & { readonly type: "text"; readonly text: string })
  | (OfChoice & { readonly type: "reasoning"; readonly text: string })
  | (OfChoice & { readonly type: "refusal"; readonly text: string })
  /** One whole call. `id` is unique within the conversation. */
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
  /** The vector of one input; its choice is the input's place in the request. */
  | (OfChoice & { readonly type: "embedding"; readonly vector: readonly number[] })
  | (OfChoice & { readonly type: "search"; readonly queries: readonly string[] })
  | (OfChoice & { readonly type: "citation"; readonly citation: Citation })
  | (OfChoice & { readonly type: "logprobs"; readonly tokens: readonly TokenLogprob[] })
  | (OfChoice & {
      readonly type: "finish";
      readonly reason: FinishReason;
      /** The vendor's own word for it, and what it says about it. */
      readonly detail?: string;
    })
  /** The last one counts. */
  | { readonly type: "usage"; readonly usage: Usage };

/** One batch per upstream read: what arrived together leaves together. Batches may be empty. */
export type ChatStream = AsyncIterable<readonly ChatEvent[]>;

/** One alternative of a collected answer. */
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
  readonly finish: { readonly reason: FinishReason; readonly detail?: string };
}

/** A whole answer: what `collect` makes of a stream. */
export interface Answer {
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
}
