import { definePlugin, type Plugin } from "@agproxy/core";
import { createRuns } from "./background/runs.ts";
import { compactRoute, createRoute, inputTokensRoute } from "./routes.ts";
import { readResponsesOptions, type ResponsesOptions } from "./options.ts";
import { responsesProtocol } from "./protocol.ts";
import { createSeal, installationSecret, keepSecret } from "./seal.ts";
import { serveSockets } from "./socket/socket-server.ts";
import { createArchive } from "./state/archive.ts";
import { stateRoutes } from "./state/routes.ts";

export type { ResponsesOptions };

const day = 24 * 3_600_000;

/** The part of the drain that background runs get: who follows one must still read how it ended. */
const runsShare = 0.9;

/** Serves OpenAI's Responses API under `/v1/responses`, over HTTP and WebSocket. */
export function responses(options: ResponsesOptions = {}): Plugin {
  const { choices, websocket, keepDays, keepBytes, secret } = readResponsesOptions(options);
  return definePlugin({
    name: "responses",
    async apply(agproxy) {
      const { store, log, hooks, converse, server, stopping } = agproxy;
      const archive = createArchive(store, { lifetime: keepDays * day, size: keepBytes }, log);
      const key = secret ?? (await installationSecret(store));
      const seal = createSeal(key);
      const around = { choices, archive, seal, log };
      const protocol = responsesProtocol(around);
      const patience = server.drain * runsShare;
      const runs = createRuns({ protocol, converse, archive, stopping, patience });
      createRoute(agproxy, protocol, runs);
      stateRoutes(agproxy, archive, runs);
      compactRoute(agproxy, protocol);
      inputTokensRoute(agproxy, around);
      if (websocket) serveSockets(agproxy, around);
      hooks.close.tap("responses", async () => {
        await runs.close();
        if (secret === undefined) await keepSecret(store, key);
      });
    },
  });
}
