import * as v from "valibot";
import { AgproxyError, definePlugin, type Plugin, errorBody, readOptions } from "@agproxy/core";
import { modelList, wireModel } from "./model-list.ts";
import { chatProtocol, completionProtocol } from "./protocols.ts";

const models = "/v1/models";

/** Serves OpenAI's chat completions, completions and models. It has no options. */
export function openai(options: Readonly<Record<string, never>> = {}): Plugin {
  readOptions("openai", v.strictObject({}), options, "openai()");
  return definePlugin({
    name: "openai",
    apply(agproxy) {
      const started = Math.floor(Date.now() / 1000);
      agproxy.chat("/v1/chat/completions", chatProtocol());
      agproxy.chat("/v1/completions", completionProtocol());
      agproxy.route("GET", models, async ({ incoming }) => ({
        body: modelList(await agproxy.models(incoming), started),
      }));
      // A wildcard: names of models may hold slashes.
      agproxy.route("GET", `${models}/*id`, async ({ incoming, params }) => {
        const id = params["id"] ?? "";
        const model = (await agproxy.models(incoming)).find((listed) => listed.id === id);
        return model === undefined ? missing(id) : { body: wireModel(model, started) };
      });
    },
  });
}

function missing(id: string) {
  const error = new AgproxyError("model_not_found", `There is no model "${id}".`, {
    param: "model",
  });
  return { status: error.status, body: errorBody(error) };
}
