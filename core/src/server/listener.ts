import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../hooks/plugin.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { type Answer, Connections } from "./connections.ts";
import { refuseUnreadable } from "./socket-refusal.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { createServer } = process.getBuiltinModule("node:http");

/** The HTTP server of a gateway. */
export interface Listener {
  /** Resolves with the address as a URL; rejects with the system's error. */
  listen(server: ServerSettings): Promise<string>;
  /** Stops accepting, and lets what is open go on for `limitMs`. Then `endAll` tells what is left, and all connections close. */
  drain(limitMs: number, endAll: () => Promise<void>): Promise<void>;
}

const connectionTimes = { writeTimeoutMs: 60_000, sweepIntervalMs: 1000 };

/** How long requests that are ended for the stop may take to tell their clients. */
const farewellMs = 2000;

/** How often connections that have become idle are closed while the listener drains. */
const sweepIntervalMs = 50;

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export function createListener(answer: Answer, upgrade: UpgradeListener, log: Log): Listener {
  const http = createServer({ shouldUpgradeCallback: isWebSocket, requireHostHeader: false });
  const connections = new Connections(http, answer, connectionTimes);
  http.on("clientError", (error, socket) => refuseUnreadable(error, socket, log));
  // `closeAllConnections` does not close upgraded sockets, but `close` waits for them.
  const upgraded = new Set<Duplex>();
  http.on("upgrade", (request, socket, head) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    upgrade(request, socket, head);
  });
  return {
    async listen(server) {
      connections.limit(server.limits.connections);
      await bound(http, server);
      const { address, family, port } = http.address() as AddressInfo;
      return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
    },
    async drain(limitMs, endAll) {
      if (!http.listening) return;
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      // `close` waits for connections that become idle later, up to their keep-alive timeout of seconds.
      const sweep = setInterval(() => http.closeIdleConnections(), sweepIntervalMs);
      const drained = new AbortController();
      await Promise.race([
        closed,
        sleep(limitMs, undefined, { signal: drained.signal }).catch(() => {}),
      ]);
      drained.abort();
      await Promise.race([endAll(), sleep(farewellMs, undefined, { ref: false })]);
      clearInterval(sweep);
      http.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
}

/**
 * Any other upgrade is an offer that a server may ignore: Java's client sends `Upgrade: h2c` with each request. Without
 * this option, which Node has from 22.21 and 24.9 on, Node takes such a request for no HTTP and never reads its body.
 */
function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? "");
}

function bound(http: HttpServer, { host, port }: ServerSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, host, () => {
      http.off("error", reject);
      resolve();
    });
  });
}
