import { AgproxyError, type PluginContext, type Upgrade } from "@agproxy/core";
import { type WebSocket, WebSocketServer } from "ws";
import type { ProtocolContext } from "../protocol.ts";
import { type Connection, serveConnection } from "./connection.ts";

/** A client is pinged at half of it, and disconnected where it has not answered by the next ping. */
const maxSilenceMs = 60_000;

export interface SocketServer {
  /** The gate has let the upgrade pass, and checked its Origin. */
  accept(upgrade: Upgrade): void;
  close(): void;
}

/** Holds the open sockets, and ends those whose clients are gone. */
export function socketServer(agproxy: PluginContext, context: ProtocolContext): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: agproxy.server.bodyLimit,
    clientTracking: true,
  });
  // Thrown out of `handleUpgrade`, which would else answer in HTML.
  server.on("wsClientError", (error) => {
    throw new AgproxyError(
      "unreadable_request",
      `The request is no WebSocket's: ${error.message}.`,
    );
  });
  const connections = new Set<Connection>();
  const silent = new WeakSet<WebSocket>();
  const sweep = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      else socket.ping();
      silent.add(socket);
    }
  }, maxSilenceMs / 2).unref();

  agproxy.retiring.addEventListener("abort", () => {
    for (const connection of connections) void connection.leave();
  });

  return {
    accept({ request, socket, head, incoming, caller, message }) {
      server.handleUpgrade(request, socket, head, (accepted) => {
        accepted.on("pong", () => silent.delete(accepted));
        accepted.on("message", () => silent.delete(accepted));
        accepted.on("error", (error) =>
          context.log.debug({ id: incoming.id, err: error }, "socket"),
        );
        const connected = { socket: accepted, raw: socket, incoming, caller, message };
        const parts = { agproxy, context, ...connected };
        const connection = serveConnection(parts);
        connections.add(connection);
        accepted.on("close", () => connections.delete(connection));
        // The upgrade may have been at the gate when no more were to come.
        if (agproxy.retiring.aborted) void connection.leave();
      });
    },
    close() {
      clearInterval(sweep);
      for (const socket of server.clients) socket.terminate();
    },
  };
}
