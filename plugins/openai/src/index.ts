import * as v from "valibot";
import { AgproxyError, definePlugin, type Plugin, errorBody, readOptions } from "@agproxy/core";
import type { ImagePlace } from "./chat-request.ts";
import { modelList, wireModel } from "./model-list.ts";
import { decodeCompletion } from "./completion-request.ts";
import { answerPrompts } from "./prompt-batch.ts";
import { chatProtocol, completionProtocol } from "./protocols.ts";
import { unservedApis } from "./unserved-apis.ts";

const models = "/v1/models";

export interface OpenaiOptions {
  /**
   * Where a chat answer carries pictures. `content`: in the text, as markdown with a data URI, which every client
   * shows or passes on. `field`: in `message.images` and `delta.images`, as OpenRouter and LiteLLM have it; a picture
   * is then a single line of a stream, however large. Default: `content`.
   */
  readonly images?: ImagePlace;
}

const schema = v.strictObject({ images: v.optional(v.picklist(["content", "field"]), "content") });

/** Serves OpenAI's chat completions, completions and models. */
export function openai(options: OpenaiOptions = {}): Plugin {
  const { images } = readOptions("openai", schema, options, 'openai({ images: "field" })');
  return definePlugin({
    name: "openai",
    apply(agproxy) {
      const started = Math.floor(Date.now() / 1000);
      agproxy.chat("/v1/chat/completions", chatProtocol(images));
      const completions = completionProtocol();
      agproxy.route("POST", "/v1/completions", async (request) => {
        const body = await request.json();
        const decoded = decodeCompletion(body);
        return decoded.requests.length === 1
          ? { chat: { protocol: { ...completions, decode: () => decoded }, body } }
          : answerPrompts({ ...request, runChat: agproxy.runChat, decoded });
      });
      agproxy.route("GET", models, async ({ incoming }) => ({
        body: modelList(await agproxy.models(incoming), started),
      }));
      // A wildcard: names of models may hold slashes.
      agproxy.route("GET", `${models}/*id`, async ({ incoming, params }) => {
        const id = params["id"] ?? "";
        const model = (await agproxy.models(incoming)).find((listed) => listed.id === id);
        return model === undefined ? missing(id) : { body: wireModel(model, started) };
      });
      for (const api of unservedApis) agproxy.unserved(api);
    },
  });
}

function missing(id: string) {
  const error = new AgproxyError("model_not_found", `There is no model "${id}".`, {
    param: "model",
  });
  return { status: error.status, body: errorBody(error) };
}
