import { definePlugin, type Plugin } from "agproxy";
import { responsesProtocol } from "./protocol.ts";

export interface ResponsesOptions {
  /** Whether an answer that is not streamed carries `choices` too, as a chat completion does. Default: true. */
  readonly choices?: boolean;
}

/** Serves OpenAI's Responses API at `POST /v1/responses`. */
export function responses(options: ResponsesOptions = {}): Plugin {
  const { choices = true } = options;
  return definePlugin({
    name: "responses",
    apply: (agproxy) => agproxy.chat("/v1/responses", responsesProtocol({ choices })),
  });
}
