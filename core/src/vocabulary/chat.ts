/**
 * The vocabulary: what a chat is, whatever wire it came in on and whatever vendor answers it.
 * Types only. Protocol plugins translate wire ⇄ vocabulary, upstream plugins vocabulary ⇄ vendor.
 */

/**
 * Opaque fields of one side that the vocabulary has no word for, by owner (`{ vendor: { … } }`).
 * They travel untouched, so that what one side does not understand survives the trip.
 */
export type Extensions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A JSON object whose shape its owner knows, such as a JSON Schema. */
export type JsonObject = Readonly<Record<string, unknown>>;

interface Signed {
  /** An opaque token the model wants back on exactly this part, in exactly this form. */
  readonly signature?: string;
  readonly extensions?: Extensions;
}

export interface TextPart extends Signed {
  readonly type: "text";
  readonly text: string;
}

/** The model's thinking, or a summary of it. */
export interface ReasoningPart extends Signed {
  readonly type: "reasoning";
  readonly text: string;
}

export interface RefusalPart extends Signed {
  readonly type: "refusal";
  readonly text: string;
}

export type MediaSource =
  | { readonly kind: "data"; /** base64 */ readonly data: string }
  | { readonly kind: "url"; readonly url: string }
  /** A file the vendor already holds. */
  | { readonly kind: "file"; readonly id: string };

export interface MediaPart extends Signed {
  readonly type: "media";
  readonly media: "image" | "audio" | "video" | "file";
  /** Absent where the client did not say; the upstream guesses from the URL or refuses. */
  readonly mimeType?: string;
  readonly source: MediaSource;
  readonly filename?: string;
  /** How closely an image is looked at: `low`, `high`, `auto`. */
  readonly detail?: string;
}

export interface ToolCallPart extends Signed {
  readonly type: "tool-call";
  /** At most 64 of `[A-Za-z0-9_-]`, unique within the conversation. */
  readonly id: string;
  readonly name: string;
  /** JSON text, exactly as the model or the client wrote it. It may be unparsable. */
  readonly arguments: string;
}

export interface ToolResultPart extends Signed {
  readonly type: "tool-result";
  readonly callId: string;
  /** Known to few clients; the upstream finds it by `callId`. */
  readonly name?: string;
  readonly content: readonly (TextPart | MediaPart)[];
  readonly isError?: boolean;
}

/** Code that the model ran on the vendor's side. */
export interface CodePart extends Signed {
  readonly type: "code";
  readonly language: string;
  readonly code: string;
}

/** What code on the vendor's side printed. */
export interface CodeResultPart extends Signed {
  readonly type: "code-result";
  readonly outcome: "ok" | "failed" | "timeout";
  readonly output: string;
}

/** A search of the web on the vendor's side, told when it is known, which may be after the text it served. */
export interface SearchPart extends Signed {
  readonly type: "search";
  readonly queries: readonly string[];
}

export type Part =
  | TextPart
  | ReasoningPart
  | RefusalPart
  | MediaPart
  | ToolCallPart
  | ToolResultPart
  | CodePart
  | CodeResultPart
  | SearchPart;

export interface Message {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly content: readonly Part[];
  readonly name?: string;
}

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments; absent means no arguments. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
}

/** A tool that runs on the vendor's side. */
export type HostedTool = "web-search" | "url-context" | "code-execution";

/** `names` limits the choice to some of the tools; with `required`, one of them must be called. */
export type ToolChoice =
  | { readonly mode: "auto" | "none" }
  | { readonly mode: "auto" | "required"; readonly names?: readonly string[] };

/** Effort in the field's common words; which model can do what is the upstream's knowledge. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh";

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly stop?: readonly string[];
  /** Upper bound of the answer in tokens, thinking included. */
  readonly maxTokens?: number;
  /** How many alternative answers; absent is one. */
  readonly choices?: number;
  /** Ask for the probability of each token, and of so many alternatives (0 is none). */
  readonly logprobs?: number;
}

/** Absent is plain text. `json` without a schema is any JSON. */
export interface OutputFormat {
  readonly type: "text" | "json";
  readonly name?: string;
  readonly description?: string;
  readonly schema?: JsonObject;
  readonly strict?: boolean;
}

/** For models that draw. Values are the client's own words; the upstream knows what it can honour. */
export interface ImageOptions {
  readonly size?: string;
  readonly quality?: string;
  readonly aspectRatio?: string;
}

export interface ChatRequest {
  /** As the client wrote it. The mapped name is on the exchange. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly tools?: readonly Tool[];
  readonly hostedTools?: readonly HostedTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly sampling: Sampling;
  readonly output?: OutputFormat;
  readonly reasoning?: {
    readonly effort?: ReasoningEffort;
    /** Whether thoughts are wanted in the answer. Absent: as the upstream sees fit. */
    readonly include?: boolean;
  };
  readonly image?: ImageOptions;
  /** For models that speak: the voice's name, in the client's or the vendor's words. */
  readonly voice?: string;
  /** Asks for a vector of each message instead of an answer to them all. */
  readonly embedding?: { readonly dimensions?: number };
  /** What the client wants to see of `text`, `image`, `audio`; absent is the model's habit. */
  readonly modalities?: readonly string[];
  /** A word that is equal for requests of one conversation; keeps it on one account. */
  readonly cacheKey?: string;
  /** The end user, as the client names them. */
  readonly user?: string;
  readonly extensions?: Extensions;
}

/** A model a client may name. */
export interface Model {
  readonly id: string;
  readonly ownedBy: string;
  /** Unix time in seconds, where known. */
  readonly created?: number;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
}
