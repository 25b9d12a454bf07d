/**
 * The vocabulary of requests, the same for every protocol and every vendor. Types only. Protocol plugins translate
 * wire ⇄ vocabulary, upstream plugins vocabulary ⇄ vendor.
 */

/**
 * Fields that the vocabulary has no word for, by their owner: `{ vendor: { … } }`. Nobody but the owner's plugin reads
 * or changes them.
 */
export type Extensions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A JSON object of any shape, such as a JSON Schema. */
export type JsonObject = Readonly<Record<string, unknown>>;

interface Signed {
  /** A vendor's opaque proof of this part. It must be sent back unchanged, on the same part. */
  readonly signature?: string;
  readonly extensions?: Extensions;
}

export interface TextPart extends Signed {
  readonly type: "text";
  readonly text: string;
}

/** What the model thought, or a summary of it. */
export interface ReasoningPart extends Signed {
  readonly type: "reasoning";
  readonly text: string;
}

/** The model's own words for why it does not answer. */
export interface RefusalPart extends Signed {
  readonly type: "refusal";
  readonly text: string;
}

/** Where the bytes of a medium are. */
export type MediaSource =
  | { readonly kind: "data"; /** base64 */ readonly data: string }
  | { readonly kind: "url"; readonly url: string }
  /** A file that was uploaded to the vendor before. */
  | { readonly kind: "file"; readonly id: string };

/**
 * An image, a sound, a video or a file.
 *
 * @example
 * const image: MediaPart = {
 *   type: "media",
 *   media: "image",
 *   source: { kind: "url", url: "https://example.com/cat.png" },
 * };
 */
export interface MediaPart extends Signed {
  readonly type: "media";
  readonly media: "image" | "audio" | "video" | "file";
  /** The media type. Absent where the client did not say: the upstream guesses from the URL, or refuses. */
  readonly mimeType?: string;
  readonly source: MediaSource;
  readonly filename?: string;
  /** How closely an image is looked at: `low`, `high`, `auto`. */
  readonly detail?: string;
}

/**
 * A tool that the model wants to be called.
 *
 * @example
 * const call: ToolCallPart = { type: "tool-call", id: "call_1", name: "weather", arguments: '{"city":"Paris"}' };
 */
export interface ToolCallPart extends Signed {
  readonly type: "tool-call";
  /** Up to 64 characters of `[A-Za-z0-9_-]`, unique within the conversation. */
  readonly id: string;
  readonly name: string;
  /** JSON text as the model or the client wrote it. It may be invalid. */
  readonly arguments: string;
}

/**
 * What a tool returned.
 *
 * @example
 * const result: ToolResultPart = {
 *   type: "tool-result",
 *   callId: "call_1",
 *   content: [{ type: "text", text: "sunny" }],
 * };
 */
export interface ToolResultPart extends Signed {
  readonly type: "tool-result";
  readonly callId: string;
  /** Few clients send it; the upstream finds it by `callId`. */
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

/** A search of the web on the vendor's side. It may come after the text that it served. */
export interface SearchPart extends Signed {
  readonly type: "search";
  readonly queries: readonly string[];
}

/** A piece of a message. */
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

/** One turn of a conversation. */
export interface Message {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly content: readonly Part[];
  readonly name?: string;
}

/** A function of the client's that the model may call. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments; absent means no arguments. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
}

/** A tool that runs on the vendor's side. */
export type HostedTool = "web-search" | "url-context" | "code-execution";

/** Whether the model may or must call tools. `names` limits it to some of them. */
export type ToolChoice =
  | { readonly mode: "auto" | "none" }
  | { readonly mode: "auto" | "required"; readonly names?: readonly string[] };

/** How much the model should think. The upstream knows which of these its model can do. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh";

/** How the model chooses its tokens, and how many. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly stop?: readonly string[];
  /** Limit of the answer in tokens, thinking included. */
  readonly maxTokens?: number;
  /** Limit of what the client gets to see, in tokens: thinking comes on top. Without effect beside `maxTokens`. */
  readonly maxAnswerTokens?: number;
  /** How many answers to one request. Absent: one. */
  readonly choices?: number;
  /** Asks for the probability of each token and of so many alternatives (0 for none). */
  readonly logprobs?: number;
}

/** The form of the answer's text. `json` without a schema is any JSON. */
export interface OutputFormat {
  readonly type: "text" | "json";
  readonly name?: string;
  readonly description?: string;
  readonly schema?: JsonObject;
  readonly strict?: boolean;
}

/** For models that draw. The values are as the client wrote them; the upstream knows which it can honour. */
export interface ImageOptions {
  readonly size?: string;
  readonly quality?: string;
  readonly aspectRatio?: string;
}

/**
 * A chat: what a client asks, whatever protocol it came in on.
 *
 * @example
 * const request: ChatRequest = {
 *   model: "assistant",
 *   messages: [{ role: "user", content: [{ type: "text", text: "Say hello" }] }],
 *   stream: true,
 *   sampling: { temperature: 0 },
 * };
 */
export interface ChatRequest {
  /** As the client wrote it. `exchange.model` is what it is mapped to. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly tools?: readonly Tool[];
  readonly hostedTools?: readonly HostedTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly sampling: Sampling;
  /** Absent: plain text. */
  readonly output?: OutputFormat;
  readonly reasoning?: {
    readonly effort?: ReasoningEffort;
    /** The most tokens that thinking may take. More exact than `effort`, which stands beside it for models that know no tokens. */
    readonly budget?: number;
    /** Whether the answer should have the thoughts. Absent: the upstream decides. */
    readonly include?: boolean;
  };
  readonly image?: ImageOptions;
  /** For models that speak: the name of the voice, the client's or the vendor's. */
  readonly voice?: string;
  /** Asks for a vector of each message instead of an answer. */
  readonly embedding?: { readonly dimensions?: number };
  /** Which of `text`, `image` and `audio` the answer should have. Absent: the model decides. */
  readonly modalities?: readonly string[];
  /** Equal for all requests of one conversation, so that it can stay on one account. */
  readonly cacheKey?: string;
  /** The end user, as the client names them. */
  readonly user?: string;
  readonly extensions?: Extensions;
}

/**
 * A model that a client may name.
 *
 * @example
 * hooks.listModels.tap("mine", (models) => [...models, { id: "assistant", ownedBy: "us" }]);
 */
export interface Model {
  readonly id: string;
  readonly ownedBy: string;
  /** Unix time in seconds. */
  readonly created?: number;
  /** In tokens. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
}
