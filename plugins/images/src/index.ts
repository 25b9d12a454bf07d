import { definePlugin, type Plugin } from "@agproxy/core";
import { editProtocol, generationProtocol } from "./protocols.ts";

export interface ImagesOptions {
  /** The model of a request that names none. Default: `gpt-image-1`, for the model mapping to translate. */
  readonly model?: string;
}

/** Serves OpenAI's `POST /v1/images/generations` and `POST /v1/images/edits`. */
export function images({ model = "gpt-image-1" }: ImagesOptions = {}): Plugin {
  return definePlugin({
    name: "images",
    apply(agproxy) {
      agproxy.chat("/v1/images/generations", generationProtocol(model));
      agproxy.chat("/v1/images/edits", editProtocol(model));
    },
  });
}
