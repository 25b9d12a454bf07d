import * as v from "valibot";
import { definePlugin, type Plugin, readOptions } from "@agproxy/core";
import { editProtocol, generationProtocol } from "./protocols.ts";

export interface ImagesOptions {
  /** The model of a request that names none. Default: `gpt-image-1`, for the model mapping to translate. */
  readonly model?: string;
}

const schema = v.strictObject({
  model: v.optional(v.pipe(v.string(), v.nonEmpty()), "gpt-image-1"),
});

/** Serves OpenAI's `POST /v1/images/generations` and `POST /v1/images/edits`. */
export function images(options: ImagesOptions = {}): Plugin {
  const { model } = readOptions("images", schema, options, 'images({ model: "gpt-image-1" })');
  return definePlugin({
    name: "images",
    apply(agproxy) {
      agproxy.chat("/v1/images/generations", generationProtocol(model));
      agproxy.chat("/v1/images/edits", editProtocol(model));
    },
  });
}
