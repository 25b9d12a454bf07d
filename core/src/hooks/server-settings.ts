import { BlockList, isIP } from "node:net";
import type { Timeouts } from "../http/calls.ts";

const { getHeapStatistics } = process.getBuiltinModule("node:v8");

/** Limits in time, in milliseconds. */
interface ServerTimeouts extends Timeouts {
  /** From the arrival of a request to the end of its answer; attempts and waits are parts of it. */
  readonly request: number;
}

/** How much there may be at once: of connections in all, of the rest for each caller. */
export interface Limits {
  readonly connections: number;
  readonly requests: number;
  /** Request bodies in memory, in bytes. Those of all callers together may take twice as many. */
  readonly bodyBytes: number;
  readonly backgroundRuns: number;
  /** WebSockets. */
  readonly sockets: number;
}

/** The top level of the config file, with defaults. `docs/config.md` has them all. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Whether other machines may connect. */
  readonly allowLanAccess: boolean;
  /** The largest request body, in bytes. */
  readonly bodyLimit: number;
  /** Whether answers have the header `X-Account-Email`. */
  readonly accountHeader: boolean;
  /** `memory`, or the path of a SQLite file. */
  readonly store: string;
  /** The path of the accounts file. Absent: there is none. */
  readonly accountsFile?: string;
  readonly timeouts: ServerTimeouts;
  readonly limits: Limits;
  /** How long open streams may go on after a stop signal, in milliseconds. */
  readonly drain: number;
  readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
  /** The files of a certificate with its chain, and of its key, as PEM. Absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whose `X-Forwarded-For` and `X-Forwarded-Proto` count: addresses and networks of proxies, or how many stand before agproxy. */
  readonly trustProxy: number | readonly string[];
}

/** The settings of an empty config file. */
export const defaults: ServerSettings = {
  host: "127.0.0.1",
  port: 8045,
  allowLanAccess: false,
  bodyLimit: 64 * 1024 * 1024,
  accountHeader: true,
  store: "memory",
  timeouts: { connect: 10_000, firstByte: 300_000, idle: 120_000, request: 590_000 },
  limits: {
    connections: 4096,
    requests: 256,
    bodyBytes: Math.floor(getHeapStatistics().heap_size_limit / 16),
    backgroundRuns: 64,
    sockets: 64,
  },
  drain: 30_000,
  logLevel: "info",
  trustProxy: [],
};

/**
 * Whether machines other than this one can connect.
 *
 * @example
 * if (isReachable(agproxy.server)) log.warn("other machines can connect");
 */
export function isReachable({
  allowLanAccess,
  host,
}: Pick<ServerSettings, "allowLanAccess" | "host">): boolean {
  return allowLanAccess || !isLoopback(host);
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Whether a host, a name or an address without its port, is this machine itself. Source for `.localhost`: RFC 6761 section
 * 6.3.
 *
 * @example
 * isLoopback("app.localhost"); // true
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  const family = isIP(name);
  if (family !== 0) return loopback.check(name, family === 4 ? "ipv4" : "ipv6");
  return name === "localhost" || name.endsWith(".localhost");
}
