import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../hooks/plugin.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { type Answer, Connections } from "./connections.ts";
import type { Credentials } from "./credentials.ts";
import { refuseUnreadable } from "./socket-refusal.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { createServer } = process.getBuiltinModule("node:http");

/** What answers the requests of a listener. */
export interface Served {
  readonly answer: Answer;
  readonly upgrade: UpgradeListener;
  /** Absent: plain HTTP. What listens keeps to one or the other. */
  readonly credentials: Credentials | undefined;
}

/** The HTTP server before a gateway, which can be put in another's place. */
export interface Listener {
  /** Resolves with the address as a URL; rejects with the system's error. */
  listen(server: ServerSettings): Promise<string>;
  /** Requests go to `next` from now on; connections stay. */
  serve(next: Served, server: ServerSettings): void;
  /** Takes the requests of one more connection, from a client of the same process. */
  connect(connection: Duplex): void;
  /** Stops accepting, and lets what is open go on for `limitMs`. Then `endAll` tells what is left, and all connections close. */
  drain(limitMs: number, endAll: () => Promise<void>): Promise<void>;
}

const connectionTimes = { writeTimeoutMs: 60_000, sweepIntervalMs: 1000 };

/** How long requests that are ended for the stop may take to tell their clients. */
const farewellMs = 2000;

/** How often connections that have become idle are closed while the listener drains. */
const sweepIntervalMs = 50;

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export function createListener(first: Served, log: Log): Listener {
  let served = first;
  const http = serverFor(first.credentials, log);
  const answer: Answer = (request, response) => served.answer(request, response);
  const connections = new Connections(http, answer, connectionTimes);
  http.on("clientError", (error, socket) => refuseUnreadable(error, socket, log));
  // `closeAllConnections` does not close upgraded sockets, but `close` waits for them.
  const upgraded = new Set<Duplex>();
  http.on("upgrade", (request, socket, head) => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    served.upgrade(request, socket, head);
  });
  return {
    async listen(server) {
      connections.limit(server.limits.connections);
      await bound(http, server);
      const { address, family, port } = http.address() as AddressInfo;
      const scheme = first.credentials === undefined ? "http" : "https";
      return `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
    },
    serve(next, { limits }) {
      served = next;
      if (next.credentials !== undefined && "setSecureContext" in http) {
        http.setSecureContext(next.credentials);
      }
      connections.limit(limits.connections);
    },
    connect: (connection) => void http.emit("connection", connection),
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

/** With credentials it speaks TLS, and tells in the log of clients that do not. */
function serverFor(credentials: Credentials | undefined, log: Log): HttpServer | HttpsServer {
  const options = { shouldUpgradeCallback: isWebSocket, requireHostHeader: false };
  if (credentials === undefined) return createServer(options);
  const https = process.getBuiltinModule("node:https");
  const server = https.createServer({ ...options, ...credentials, handshakeTimeout });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, { remoteAddress: address }) => {
    const isPlain = error.code === "ERR_SSL_HTTP_REQUEST";
    const reason = isPlain
      ? "The client speaks no TLS. Its base URL must begin with https://."
      : error.message;
    log[isPlain ? "info" : "debug"]({ address, reason, cause: error.code }, "refused");
  });
  return server;
}

/** A client that does not say what it speaks must not hold a connection for long. */
const handshakeTimeout = 10_000;

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
