import { isIPv4 } from "node:net";
import type { Timeouts } from "../http/calls.ts";

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
  readonly timeouts: Timeouts;
  /** How long open streams may go on after a stop signal, in milliseconds. */
  readonly drain: number;
  readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
}

/** The settings of an empty config file. */
export const defaults: ServerSettings = {
  host: "127.0.0.1",
  port: 8045,
  allowLanAccess: false,
  bodyLimit: 64 * 1024 * 1024,
  accountHeader: true,
  store: "memory",
  timeouts: { connect: 10_000, firstByte: 300_000, idle: 120_000 },
  drain: 30_000,
  logLevel: "info",
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

function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}
