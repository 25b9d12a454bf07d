import { AgproxyError, type Protocol, sseFrame, errorBody } from "@agproxy/core";
import { embeddingList } from "./embedding-list.ts";
import { decodeEmbedding, type DecodedEmbedding } from "./embedding-request.ts";

/** The wire of `POST /v1/embeddings`. */
export function embeddingProtocol({
  normalize,
}: {
  readonly normalize: boolean;
}): Protocol<DecodedEmbedding> {
  return {
    name: "openai-embeddings",
    decode: decodeEmbedding,
    encoder({ request }, _stamp, { format }) {
      return {
        batch: refuseStream,
        end: refuseStream,
        fail: (error) => sseFrame(JSON.stringify(errorBody(error))),
        whole: (answer) => embeddingList(answer, request, { format, normalize }),
      };
    },
    error: errorBody,
  };
}

/** The decoder never asks for a stream; whoever does has changed the request on its way. */
function refuseStream(): never {
  throw new AgproxyError("internal_error", "Embeddings cannot be streamed.");
}
