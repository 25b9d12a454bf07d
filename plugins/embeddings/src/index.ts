import * as v from "valibot";
import { definePlugin, type Plugin, readOptions } from "@agproxy/core";
import { embeddingProtocol } from "./protocol.ts";

export interface EmbeddingsOptions {
  /** Scale vectors to length 1, as OpenAI's are. Default: true. */
  readonly normalize?: boolean;
}

const schema = v.strictObject({ normalize: v.optional(v.boolean(), true) });

/** Serves OpenAI's `POST /v1/embeddings`. */
export function embeddings(options: EmbeddingsOptions = {}): Plugin {
  const { normalize } = readOptions(
    "embeddings",
    schema,
    options,
    "embeddings({ normalize: false })",
  );
  return definePlugin({
    name: "embeddings",
    apply: (agproxy) => agproxy.chat("/v1/embeddings", embeddingProtocol({ normalize })),
  });
}
