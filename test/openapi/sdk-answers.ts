import type OpenAI from "openai";

/** What OpenAI's SDK expects of each answer. `sdk-description.ts` makes schemas of these types. */
export interface SdkAnswers {
  /** By the names of OpenAI's API description. */
  readonly schemas: {
    readonly CreateChatCompletionResponse: OpenAI.ChatCompletion;
    readonly CreateChatCompletionStreamResponse: OpenAI.ChatCompletionChunk;
    readonly Response: OpenAI.Responses.Response;
    readonly ResponseStreamEvent: OpenAI.Responses.ResponseStreamEvent;
    readonly ResponseItemList: OpenAI.Responses.ResponseItemList;
    readonly CompactResource: OpenAI.Responses.CompactedResponse;
    readonly TokenCountsResource: OpenAI.Responses.InputTokenCountResponse;
    readonly ListModelsResponse: { readonly object: "list"; readonly data: OpenAI.Model[] };
    readonly Model: OpenAI.Model;
    readonly ErrorResponse: { readonly error: OpenAI.ErrorObject };
  };
  /** By method and path; `streamed` is one event of a stream. */
  readonly routes: {
    readonly "POST /chat/completions": {
      readonly whole: OpenAI.ChatCompletion;
      readonly streamed: OpenAI.ChatCompletionChunk;
    };
    readonly "POST /completions": { readonly whole: OpenAI.Completion };
    readonly "POST /responses": {
      readonly whole: OpenAI.Responses.Response;
      readonly streamed: OpenAI.Responses.ResponseStreamEvent;
    };
    readonly "POST /embeddings": { readonly whole: OpenAI.CreateEmbeddingResponse };
    readonly "POST /images/generations": {
      readonly whole: OpenAI.ImagesResponse;
      readonly streamed: OpenAI.ImageGenStreamEvent;
    };
    readonly "POST /images/edits": {
      readonly whole: OpenAI.ImagesResponse;
      readonly streamed: OpenAI.ImageEditStreamEvent;
    };
    readonly "POST /audio/transcriptions": {
      readonly whole: OpenAI.Audio.Transcription;
      readonly streamed: OpenAI.Audio.TranscriptionStreamEvent;
    };
    readonly "POST /audio/translations": { readonly whole: OpenAI.Audio.Translation };
    readonly "POST /audio/speech": { readonly streamed: SpeechStreamEvent };
    readonly "POST /files": { readonly whole: OpenAI.FileObject };
    readonly "GET /files": {
      readonly whole: {
        readonly object: string;
        readonly data: OpenAI.FileObject[];
        readonly has_more: boolean;
      };
    };
    readonly "GET /files/{file_id}": { readonly whole: OpenAI.FileObject };
    readonly "DELETE /files/{file_id}": { readonly whole: OpenAI.FileDeleted };
    readonly "GET /models/{model}": { readonly whole: OpenAI.Model };
  };
}

/**
 * The SDK has no type for the events of streamed speech.
 * Source: https://platform.openai.com/docs/api-reference/audio/speech-audio-delta-event
 */
type SpeechStreamEvent =
  | { readonly type: "speech.audio.delta"; readonly audio: string }
  | {
      readonly type: "speech.audio.done";
      readonly usage: {
        readonly input_tokens: number;
        readonly output_tokens: number;
        readonly total_tokens: number;
      };
    };
