import { definePlugin, type Plugin } from "agproxy";
import { readOptions, type ResponsesOptions } from "./options.ts";
import { responsesProtocol } from "./protocol.ts";

export type { ResponsesOptions };

/** Serves OpenAI's Responses API at `POST /v1/responses`. */
export function responses(options: ResponsesOptions = {}): Plugin {
  const protocol = responsesProtocol(readOptions(options));
  return definePlugin({
    name: "responses",
    apply: (agproxy) => agproxy.chat("/v1/responses", protocol),
  });
}
