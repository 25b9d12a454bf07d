import type { PluginContext, Upgrade } from "@agproxy/core";
import { type WebSocket, WebSocketServer } from "ws";
import type { Surroundings } from "../protocol.ts";
import { type Connection, serveConnection } from "./connection.ts";

/** How long a peer may be silent, in milliseconds; half of it, and it is asked for a sign of life. */
const silence = 60_000;

export interface SocketServer {
  /** Takes an upgrade that has passed the gate, which checks its Origin. */
  accept(upgrade: Upgrade): void;
  close(): void;
}

/** Holds the sockets that are open, and ends those that fell silent. */
export function socketServer(agproxy: PluginContext, around: Surroundings): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: agproxy.server.bodyLimit,
    clientTracking: true,
  });
  const connections = new Set<Connection>();
  const silent = new WeakSet<WebSocket>();
  const sweep = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      else socket.ping();
      silent.add(socket);
    }
  }, silence / 2).unref();

  agproxy.stopping.addEventListener("abort", () => {
    for (const connection of connections) void connection.leave();
  });

  return {
    accept({ request, socket, head, incoming, caller }) {
      server.handleUpgrade(request, socket, head, (accepted) => {
        accepted.on("pong", () => silent.delete(accepted));
        accepted.on("message", () => silent.delete(accepted));
        accepted.on("error", (error) =>
          around.log.debug({ id: incoming.id, err: error }, "socket"),
        );
        const parts = { agproxy, around, socket: accepted, incoming, caller };
        const connection = serveConnection(parts);
        connections.add(connection);
        accepted.on("close", () => connections.delete(connection));
        // Its way through the gate may have begun before.
        if (agproxy.stopping.aborted) void connection.leave();
      });
    },
    close() {
      clearInterval(sweep);
      for (const socket of server.clients) socket.terminate();
    },
  };
}

/** Serves the WebSocket form of the API. The server is loaded with the first socket: most clients open none. */
export function serveSockets(agproxy: PluginContext, around: Surroundings): void {
  let loaded: Promise<SocketServer> | undefined;
  agproxy.upgrade("/v1/responses", async (upgrade) => {
    loaded ??= import("./socket-server.ts").then((it) => it.socketServer(agproxy, around));
    (await loaded).accept(upgrade);
  });
  agproxy.hooks.close.tap("responses", async () => (await loaded)?.close());
}
