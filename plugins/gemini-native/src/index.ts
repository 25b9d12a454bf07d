import * as v from "valibot";
import {
  AgproxyError,
  definePlugin,
  estimatedTokens,
  type Plugin,
  type PluginContext,
  readOptions,
  type RouteRequest,
  type RouteResult,
} from "@agproxy/core";
import { isGoogleClient, takeKeyOfUrl } from "./client.ts";
import { googleErrors } from "./errors.ts";
import { modelPage, wireModel } from "./model-list.ts";
import { contentProtocol, vectorProtocol } from "./protocol.ts";
import { countedRequest } from "./request/count-request.ts";

const versions = ["/v1beta", "/v1"] as const;

/** Where models are, and how their names begin. */
const collections = [
  ["models", ""],
  ["tunedModels", "tunedModels/"],
] as const;

/** Other APIs have routes on some of these paths. */
const when = { when: isGoogleClient };

/** Serves Google's Gemini API: `generateContent` and its like under `/v1beta` and `/v1`. It has no options. */
export function geminiNative(options: Readonly<Record<string, never>> = {}): Plugin {
  readOptions("gemini-native", v.strictObject({}), options, "geminiNative()");
  return definePlugin({
    name: "gemini-native",
    apply(agproxy) {
      agproxy.hooks.beforeAuth.tap("gemini-native", takeKeyOfUrl);
      agproxy.errorsOf({ means: isGoogleClient, ...googleErrors });
      for (const version of versions) {
        modelRoutes(agproxy, `${version}/models`);
        for (const [collection, prefix] of collections) {
          const path = `${version}/${collection}/*call`;
          agproxy.route("POST", path, (request) => answer(request, prefix), when);
        }
      }
    },
  });
}

/** Answers `NAME:method`. The name may hold slashes. */
async function answer(
  { incoming, params, json }: RouteRequest,
  collection: string,
): Promise<RouteResult> {
  const { call = "" } = params;
  const [, name, method = ""] = /^(.+):([a-zA-Z]+)$/s.exec(call) ?? [];
  const model = collection + (name ?? "");
  switch (method) {
    case "generateContent":
    case "streamGenerateContent": {
      const framing = incoming.query.get("alt") === "sse" ? "sse" : "array";
      const protocol = contentProtocol({ model, method, framing });
      return { chat: { protocol, body: await json() } };
    }
    case "embedContent":
    case "batchEmbedContents":
      return { chat: { protocol: vectorProtocol({ model, method }), body: await json() } };
    case "countTokens":
      // No account is asked: https://ai.google.dev/api/tokens
      incoming.setHeader("X-Agproxy-Estimated", "totalTokens");
      return { body: { totalTokens: estimatedTokens(countedRequest(await json(), model)) } };
    default:
      throw new AgproxyError("not_served", `agproxy does not serve ${incoming.path}.`, {
        advice:
          "Models can be asked for generateContent, streamGenerateContent, countTokens, embedContent and batchEmbedContents.",
      });
  }
}

/** The list of models, and one of them, for clients of this API: others have theirs on the same path. */
function modelRoutes(agproxy: PluginContext, path: string): void {
  agproxy.route(
    "GET",
    path,
    async ({ incoming }) => ({ body: modelPage(await agproxy.models(incoming), incoming.query) }),
    when,
  );
  agproxy.route(
    "GET",
    `${path}/*id`,
    async ({ incoming, params }) => {
      const id = params["id"] ?? "";
      const model = (await agproxy.models(incoming)).find((listed) => listed.id === id);
      if (model !== undefined) return { body: wireModel(model) };
      throw new AgproxyError("model_not_found", `There is no model "${id}".`, { param: "name" });
    },
    when,
  );
}
