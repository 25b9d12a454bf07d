/** Where agproxy listens and what it allows: the top level of the config file, defaults filled in. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** Whether other machines may connect; then a key is needed unless the auth mode says otherwise. */
  readonly allowLanAccess: boolean;
  /** Largest request body, in bytes. */
  readonly bodyLimit: number;
  /** Whether answers carry `X-Account-Email`. */
  readonly accountHeader: boolean;
  /** `memory`, or the path of a SQLite file that outlives the process. */
  readonly store: string;
  readonly timeouts: Timeouts;
  /** How long open streams may go on after a stop signal, in milliseconds. */
  readonly drain: number;
  readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
}

/** Limits on an upstream call, in milliseconds. */
export interface Timeouts {
  /** Until the connection, TLS included, stands. */
  readonly connect: number;
  /** From the request sent to the head of the answer. */
  readonly firstByte: number;
  /** Between two reads of the answer. */
  readonly idle: number;
}

/** What holds where the config file is silent. */
export const defaults: Server = {
  host: "127.0.0.1",
  port: 8045,
  allowLanAccess: false,
  bodyLimit: 100 * 1024 * 1024,
  accountHeader: true,
  store: "memory",
  timeouts: { connect: 10_000, firstByte: 300_000, idle: 120_000 },
  drain: 30_000,
  logLevel: "info",
};
