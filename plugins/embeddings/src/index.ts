import { definePlugin, type Plugin } from "@agproxy/core";
import { embeddingProtocol } from "./protocol.ts";

export interface EmbeddingsOptions {
  /** Scale vectors to length 1, as OpenAI's are. Default: true. */
  readonly normalize?: boolean;
}

/** Serves OpenAI's `POST /v1/embeddings`. */
export function embeddings({ normalize = true }: EmbeddingsOptions = {}): Plugin {
  return definePlugin({
    name: "embeddings",
    apply: (agproxy) => agproxy.chat("/v1/embeddings", embeddingProtocol({ normalize })),
  });
}
