import { AgproxyError, type Protocol } from "@agproxy/core";
import { embeddingBody } from "./answer/embeddings.ts";
import { asItCame, contentEncoder } from "./answer/encoder.ts";
import { googleErrors, streamError } from "./errors.ts";
import { decodeEmbed } from "./request/embed-request.ts";
import { type Asked, decodeGenerate } from "./request/request.ts";

/** What the URL of a request says. */
export interface AskedContent extends Asked {
  readonly framing: "sse" | "array";
}

/**
 * The wire of `generateContent` and `streamGenerateContent`.
 * Source: https://ai.google.dev/api/generate-content
 */
export function contentProtocol(asked: AskedContent): Protocol {
  return {
    name: "gemini-content",
    decode: (body, incoming) => ({ request: decodeGenerate(body, asked, incoming) }),
    encoder: ({ request }, stamp) =>
      contentEncoder({
        framing: asked.framing,
        hasThoughts: request.reasoning?.include === true,
        modelVersion: asked.model,
        responseId: stamp.id,
        error: streamError,
      }),
    ...googleErrors,
  };
}

/**
 * The wire of `embedContent` and `batchEmbedContents`.
 * Source: https://ai.google.dev/api/embeddings
 */
export function vectorProtocol(asked: Asked): Protocol {
  return {
    name: "gemini-embeddings",
    decode: (body, incoming) => ({ request: decodeEmbed(body, asked, incoming) }),
    encoder: () => ({
      batch: refuseStream,
      end: refuseStream,
      fail: refuseStream,
      whole: (answer, events) => asItCame(events) ?? embeddingBody(answer, asked.method),
    }),
    ...googleErrors,
  };
}

/** The decoder never asks for a stream; whoever does has changed the request on its way. */
function refuseStream(): never {
  throw new AgproxyError("internal_error", "Embeddings cannot be streamed.");
}
