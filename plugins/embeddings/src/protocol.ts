import { AgproxyError, type Incoming, type Protocol, sseFrame, errorBody } from "agproxy";
import { embeddingList } from "./embedding-list.ts";
import { decodeEmbedding, type EncodingFormat } from "./embedding-request.ts";

/** The wire of `POST /v1/embeddings`. */
export function embeddingProtocol({ normalize }: { readonly normalize: boolean }): Protocol {
  const formats = new WeakMap<Incoming, EncodingFormat>();
  return {
    name: "openai-embeddings",
    decode(body, incoming) {
      const { format, ...decoded } = decodeEmbedding(body);
      formats.set(incoming, format);
      return decoded;
    },
    encoder({ request, incoming }) {
      const format = formats.get(incoming) ?? "float";
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
