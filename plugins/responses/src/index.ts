import {
  createSeals,
  definePlugin,
  installationSecret,
  keepSecret,
  type Plugin,
} from "@agproxy/core";
import { createRuns } from "./background/runs.ts";
import { readResponsesOptions, type ResponsesOptions } from "./options.ts";
import { responsesProtocol } from "./protocol.ts";
import { compactRoute, createRoute, inputTokensRoute, socketRoute } from "./routes.ts";
import { createArchive } from "./state/archive.ts";
import { stateRoutes } from "./state/routes.ts";

export type { ResponsesOptions };

/** In the store. */
const secretKey = "responses-secret";

const dayMs = 24 * 3_600_000;

/** The part of the drain in which background runs may go on; in the rest, clients read how they ended. */
const runsShareOfDrain = 0.9;

/** Serves OpenAI's Responses API under `/v1/responses`, over HTTP and WebSocket. */
export function responses(options: ResponsesOptions = {}): Plugin {
  const { choices, websocket, keepDays, keepBytes, secret } = readResponsesOptions(options);
  return definePlugin({
    name: "responses",
    async apply(agproxy) {
      const { store, log, hooks, runChat, server, stopping } = agproxy;
      const limits = { lifetimeMs: keepDays * dayMs, maxBytes: keepBytes };
      const archive = createArchive(store, limits, log);
      const key = secret ?? (await installationSecret(store, secretKey));
      const context = { choices, archive, seals: createSeals(key), log };
      const protocol = responsesProtocol(context);
      const graceMs = server.drain * runsShareOfDrain;
      const runs = createRuns({
        protocol,
        runChat,
        archive,
        stopping,
        graceMs,
        limits: { runs: server.limits.backgroundRuns, bytes: server.limits.bodyBytes },
      });
      createRoute(agproxy, protocol, runs);
      stateRoutes(agproxy, archive, runs);
      compactRoute(agproxy, protocol);
      inputTokensRoute(agproxy, context);
      if (websocket) socketRoute(agproxy, context);
      hooks.close.tap("responses", async () => {
        await runs.close();
        if (secret === undefined) await keepSecret(store, secretKey, key);
      });
    },
  });
}
