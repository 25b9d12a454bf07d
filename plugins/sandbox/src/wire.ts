import type { JsonObject } from "@agproxy/core";

/**
 * The parts of the Gemini API's messages that the sandbox reads and writes.
 * Source: https://ai.google.dev/api/generate-content
 */

export interface FunctionCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: JsonObject;
}

export interface FunctionResponse {
  readonly id?: string;
  readonly name?: string;
  readonly response?: JsonObject;
  /** Files that belong to the response. */
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string };
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string };
  readonly functionCall?: FunctionCall;
  readonly functionResponse?: FunctionResponse;
  readonly executableCode?: unknown;
  readonly codeExecutionResult?: unknown;
  readonly toolCall?: unknown;
  readonly toolResponse?: unknown;
}

export interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

export interface FunctionDeclaration {
  readonly name?: string;
  readonly description?: string;
  readonly parameters?: JsonObject;
  readonly parametersJsonSchema?: unknown;
}

export interface Tool {
  readonly functionDeclarations?: readonly FunctionDeclaration[];
  readonly [builtIn: string]: unknown;
}

export interface VoiceConfig {
  readonly prebuiltVoiceConfig?: { readonly voiceName?: string };
}

/** Source: https://ai.google.dev/api/generate-content#SpeechConfig */
export interface SpeechConfig {
  readonly voiceConfig?: VoiceConfig;
  readonly multiSpeakerVoiceConfig?: {
    readonly speakerVoiceConfigs?: readonly { readonly voiceConfig?: VoiceConfig }[];
  };
}

export interface GenerationConfig {
  readonly stopSequences?: readonly string[];
  readonly responseMimeType?: string;
  readonly responseSchema?: JsonObject;
  readonly responseJsonSchema?: unknown;
  readonly responseModalities?: readonly string[];
  readonly candidateCount?: number;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly responseLogprobs?: boolean;
  readonly logprobs?: number;
  readonly thinkingConfig?: {
    readonly includeThoughts?: boolean;
    readonly thinkingBudget?: number;
    readonly thinkingLevel?: string;
  };
  readonly imageConfig?: { readonly aspectRatio?: string; readonly imageSize?: string };
  readonly speechConfig?: SpeechConfig;
}

export interface GenerateRequest {
  readonly contents?: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly Tool[];
  readonly toolConfig?: {
    readonly functionCallingConfig?: {
      readonly mode?: string;
      readonly allowedFunctionNames?: readonly string[];
    };
    readonly includeServerSideToolInvocations?: boolean;
  };
  readonly generationConfig?: GenerationConfig;
  readonly cachedContent?: string;
}

/** Tokens of one kind: `TEXT`, `IMAGE`, `AUDIO` and so on. */
export interface ModalityCount {
  readonly modality: string;
  readonly tokenCount: number;
}

export interface UsageMetadata {
  readonly promptTokenCount: number;
  readonly cachedContentTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly toolUsePromptTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount: number;
  readonly promptTokensDetails: readonly ModalityCount[];
  readonly candidatesTokensDetails?: readonly ModalityCount[];
  readonly toolUsePromptTokensDetails?: readonly ModalityCount[];
}

export interface Choice {
  readonly content: Content;
  readonly finishReason?: string;
  readonly finishMessage?: string;
  readonly index: number;
  readonly avgLogprobs?: number;
  readonly logprobsResult?: JsonObject;
  readonly groundingMetadata?: JsonObject;
  readonly urlContextMetadata?: JsonObject;
}

export interface GenerateResponse {
  readonly candidates?: readonly Choice[];
  readonly promptFeedback?: JsonObject;
  readonly usageMetadata?: UsageMetadata;
  readonly modelVersion: string;
  readonly responseId: string;
}

/** Source: https://ai.google.dev/api/embeddings */
export interface EmbedRequest {
  readonly model?: string;
  readonly content?: Content;
  readonly outputDimensionality?: number;
}
