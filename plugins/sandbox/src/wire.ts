/**
 * The parts of the Gemini API's messages that the sandbox reads and writes.
 * Source: https://ai.google.dev/api/generate-content
 */

export type JsonObject = Readonly<Record<string, unknown>>;

export interface FunctionCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: JsonObject;
}

export interface FunctionResponse {
  readonly id?: string;
  readonly name?: string;
  readonly response?: JsonObject;
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
  readonly responseLogprobs?: boolean;
  readonly logprobs?: number;
  readonly thinkingConfig?: {
    readonly includeThoughts?: boolean;
    readonly thinkingBudget?: number;
    readonly thinkingLevel?: string;
  };
  readonly imageConfig?: { readonly aspectRatio?: string };
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
}

export interface UsageMetadata {
  readonly promptTokenCount: number;
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount: number;
  readonly promptTokensDetails: readonly JsonObject[];
}

export interface Candidate {
  readonly content: Content;
  readonly finishReason?: string;
  readonly finishMessage?: string;
  readonly index: number;
  readonly avgLogprobs?: number;
  readonly logprobsResult?: JsonObject;
}

export interface GenerateResponse {
  readonly candidates?: readonly Candidate[];
  readonly promptFeedback?: JsonObject;
  readonly usageMetadata?: UsageMetadata;
  readonly modelVersion: string;
  readonly responseId: string;
}
