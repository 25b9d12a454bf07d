import type { PluginContext } from "@agproxy/core";
import type { Surroundings } from "../protocol.ts";
import type { SocketServer } from "./socket-server.ts";

/** Serves the WebSocket form of the API. The server is loaded with the first socket: most clients open none. */
export function serveSockets(agproxy: PluginContext, around: Surroundings): void {
  let loaded: Promise<SocketServer> | undefined;
  agproxy.upgrade("/v1/responses", async (upgrade) => {
    loaded ??= import("./socket-server.ts").then((it) => it.socketServer(agproxy, around));
    (await loaded).accept(upgrade);
  });
  agproxy.hooks.close.tap("responses", async () => (await loaded)?.close());
}
