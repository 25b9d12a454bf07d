import {
  AgproxyError,
  createSeals,
  definePlugin,
  estimatedTokens,
  Fields,
  type Incoming,
  installationSecret,
  keepSecret,
  type Plugin,
  type PluginContext,
  type Seals,
} from "@agproxy/core";
import { messagesErrors } from "./errors.ts";
import { modelPage, wireModel } from "./model-list.ts";
import { type AnthropicOptions, readAnthropicOptions } from "./options.ts";
import { messagesProtocol } from "./protocol.ts";
import { decodeMessages } from "./request/request.ts";

export type { AnthropicOptions };

/** In the store. */
const secretKey = "anthropic-secret";

/** Serves Anthropic's Messages API under `/v1/messages`, and `/v1/models` to its clients. */
export function anthropic(options: AnthropicOptions = {}): Plugin {
  const { secret } = readAnthropicOptions(options);
  return definePlugin({
    name: "anthropic",
    async apply(agproxy) {
      const { hooks, store } = agproxy;
      const key = secret ?? (await installationSecret(store, secretKey));
      const seals = createSeals(key);
      hooks.beforeAuth.tap("anthropic", (incoming) => {
        // The SDKs show it with an error.
        if (isAnthropic(incoming)) incoming.setHeader("Request-Id", incoming.id);
      });
      agproxy.errorsOf({ means: isAnthropic, ...messagesErrors });
      agproxy.chat("/v1/messages", messagesProtocol(seals));
      countRoute(agproxy, seals);
      modelRoutes(agproxy);
      hooks.close.tap("anthropic", async () => {
        if (secret === undefined) await keepSecret(store, secretKey, key);
      });
    },
  });
}

/** Whether a client of Anthropic's API asks: all of them send a header with the version that they know. */
function isAnthropic({ headers, path }: Incoming): boolean {
  return headers["anthropic-version"] !== undefined || /^\/v1\/messages(?:\/|$)/.test(path);
}

/**
 * `POST /v1/messages/count_tokens`: about how many tokens a request has. A header says that it is an estimate.
 * Source: https://docs.claude.com/en/api/messages-count-tokens
 */
function countRoute(agproxy: PluginContext, seals: Seals): void {
  agproxy.route("POST", "/v1/messages/count_tokens", async ({ incoming, caller, json }) => {
    const betas = incoming.headers["anthropic-beta"];
    const { values } = Fields.of(await json(), "");
    const { request, ignored = [] } = decodeMessages(values, { seal: seals(caller.id), betas });
    for (const field of ignored) incoming.noteIgnored(field);
    incoming.setHeader("X-Agproxy-Estimated", "input_tokens");
    return { body: { input_tokens: estimatedTokens(request) } };
  });
}

/** `/v1/models` in this API's shape, for clients that say that they speak it. */
function modelRoutes(agproxy: PluginContext): void {
  const started = Math.floor(Date.now() / 1000);
  const path = "/v1/models";
  const when = isAnthropic;
  agproxy.route(
    "GET",
    path,
    async ({ incoming }) => ({
      body: modelPage(await agproxy.models(incoming), incoming.query, started),
    }),
    { when },
  );
  // A wildcard: names of models may hold slashes.
  agproxy.route(
    "GET",
    `${path}/*id`,
    async ({ incoming, params }) => {
      const id = params["id"] ?? "";
      const model = (await agproxy.models(incoming)).find((listed) => listed.id === id);
      if (model !== undefined) return { body: wireModel(model, started) };
      throw new AgproxyError("model_not_found", `There is no model "${id}".`, { param: "model" });
    },
    { when },
  );
}
