import type { JsonObject } from "@agproxy/core";

/**
 * The parts of a request to `generateContent`.
 * Source: https://ai.google.dev/api/generate-content and https://ai.google.dev/api/caching#Part
 */
export interface GeminiPart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType: string; readonly data: string };
  readonly fileData?: { readonly fileUri: string; readonly mimeType?: string };
  readonly functionCall?: {
    readonly id?: string;
    readonly name: string;
    readonly args: JsonObject;
  };
  readonly functionResponse?: {
    readonly id?: string;
    readonly name: string;
    readonly response: JsonObject;
  };
  readonly executableCode?: { readonly language: string; readonly code: string };
  readonly codeExecutionResult?: { readonly outcome: string; readonly output: string };
  /** What one of the vendor's own tools was asked, and what it said. */
  readonly toolCall?: JsonObject;
  readonly toolResponse?: JsonObject;
  readonly speechMetadata?: { readonly style: string };
  readonly videoMetadata?: unknown;
  readonly mediaResolution?: unknown;
}

export interface GeminiContent {
  readonly role: "user" | "model";
  readonly parts: readonly GeminiPart[];
}

/** The body of `generateContent` and `streamGenerateContent`. */
export interface GeminiBody {
  readonly contents: readonly GeminiContent[];
  readonly systemInstruction?: { readonly parts: readonly GeminiPart[] };
  readonly tools?: readonly JsonObject[];
  readonly toolConfig?: JsonObject;
  readonly generationConfig?: JsonObject;
  readonly [field: string]: unknown;
}
