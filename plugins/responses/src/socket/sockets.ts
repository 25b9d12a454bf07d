import type { PluginContext } from "agproxy";
import { type WebSocket, WebSocketServer } from "ws";
import type { Surroundings } from "../protocol.ts";
import { type Connection, serveConnection } from "./connection.ts";

/** How long a peer may be silent, in milliseconds; half of it, and it is asked for a sign of life. */
const silence = 60_000;

/** Serves the WebSocket form of the API. Upgrades have passed the gate, which checks their Origin. */
export function serveSockets(agproxy: PluginContext, around: Surroundings): void {
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

  agproxy.upgrade("/v1/responses", ({ request, socket, head, incoming, caller }) => {
    server.handleUpgrade(request, socket, head, (accepted) => {
      accepted.on("pong", () => silent.delete(accepted));
      accepted.on("message", () => silent.delete(accepted));
      accepted.on("error", (error) => around.log.debug({ id: incoming.id, err: error }, "socket"));
      const parts = { agproxy, around, socket: accepted, incoming, caller };
      const connection = serveConnection(parts);
      connections.add(connection);
      accepted.on("close", () => connections.delete(connection));
      // Its way through the gate may have begun before.
      if (agproxy.stopping.aborted) void connection.leave();
    });
  });

  agproxy.stopping.addEventListener("abort", () => {
    for (const connection of connections) void connection.leave();
  });

  agproxy.hooks.close.tap("responses", () => {
    clearInterval(sweep);
    for (const socket of server.clients) socket.terminate();
  });
}
