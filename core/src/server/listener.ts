import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../hooks/plugin.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { refuseUnreadable } from "./socket-refusal.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { createServer } = process.getBuiltinModule("node:http");

/** The listening end of a gateway. */
export interface Listener {
  /** Resolves with the address as a URL; rejects with the system's error. */
  listen(server: ServerSettings): Promise<string>;
  /** Stops accepting and lets what is open go on for `limit` ms; then breaks it off. */
  drain(limit: number): Promise<void>;
}

/** How soon a connection that has become idle is closed once the listener is, in milliseconds. */
const sweepIntervalMs = 50;

/** Answers a request; a promise it returns never rejects. */
type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export function createListener(answer: Answer, upgrade: UpgradeListener, log: Log): Listener {
  const http = createServer(answer);
  http.on("clientError", (error, socket) => refuseUnreadable(error, socket, log));
  // Node lets go of a socket that is upgraded, and waits for it all the same.
  const upgraded = new Set<Duplex>();
  http.on("upgrade", (request, socket, head) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    upgrade(request, socket, head);
  });
  return {
    async listen(server) {
      await bound(http, server);
      const { address, family, port } = http.address() as AddressInfo;
      return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
    },
    async drain(limit) {
      if (!http.listening) return;
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      // A connection that was busy when the listener closed would idle on for seconds, and the stop with it.
      const sweep = setInterval(() => http.closeIdleConnections(), sweepIntervalMs);
      const late = new AbortController();
      await Promise.race([
        closed,
        sleep(limit, undefined, { signal: late.signal }).catch(() => {}),
      ]);
      late.abort();
      clearInterval(sweep);
      http.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
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
