import { isAbsolute } from "node:path";
import * as v from "valibot";
import { codeFrame } from "./code-frame.ts";
import { keyPlace } from "./key-place.ts";
import { defined, isObject } from "../kit/fields.ts";
import { isNetwork } from "../kit/networks.ts";
import { nearestName, optionFault } from "../kit/options.ts";
import { defaults, type ServerSettings } from "../hooks/server-settings.ts";

const wholeNumber = v.pipe(v.number(), v.integer());
const port = v.pipe(wholeNumber, v.minValue(0), v.maxValue(65_535));
/** Node's timers take no longer delay. */
const timerLimitMs = v.maxValue<number, number>(2_147_483_647);
const milliseconds = v.pipe(wholeNumber, v.minValue(1), timerLimitMs);
const text = v.pipe(v.string(), v.minLength(1));
/** What `logLevel` can be. */
export const levels = ["silent", "error", "warn", "info", "debug"] as const;
const timeouts = v.object({
  connect: v.optional(milliseconds),
  firstByte: v.optional(milliseconds),
  idle: v.optional(milliseconds),
  request: v.optional(milliseconds),
});
const count = v.pipe(wholeNumber, v.minValue(1));
const limits = v.object({
  connections: v.optional(count),
  requests: v.optional(count),
  bodyBytes: v.optional(count),
  backgroundRuns: v.optional(count),
  sockets: v.optional(count),
});

const tls = v.object({ cert: text, key: text });
const network = v.pipe(
  v.string(),
  v.check(isNetwork, "must be an address, or a network such as 10.0.0.0/8"),
);
const trustProxy = v.union(
  [v.pipe(wholeNumber, v.minValue(0)), v.array(network)],
  "must be a list of addresses, or a number of proxies",
);

/** The top level of a config file, without `plugins`. */
const shape = v.object({
  host: v.optional(text),
  port: v.optional(port),
  allowLanAccess: v.optional(v.boolean()),
  bodyLimit: v.optional(v.pipe(wholeNumber, v.minValue(1))),
  accountHeader: v.optional(v.boolean()),
  store: v.optional(text),
  timeouts: v.optional(timeouts),
  limits: v.optional(limits),
  drain: v.optional(v.pipe(wholeNumber, v.minValue(0), timerLimitMs)),
  logLevel: v.optional(v.picklist(levels)),
  tls: v.optional(tls),
  trustProxy: v.optional(trustProxy),
});

/** How each key is written, for errors. */
const examples: Readonly<Record<string, string>> = {
  host: 'host: "127.0.0.1"',
  port: "port: 8045",
  allowLanAccess: "allowLanAccess: true",
  bodyLimit: "bodyLimit: 64 * 1024 * 1024 (bytes)",
  accountHeader: "accountHeader: false",
  store: 'store: "agproxy.sqlite" (a file), or "memory"',
  timeouts: "timeouts: { connect: 10_000, firstByte: 300_000, idle: 120_000 } (milliseconds)",
  limits: "limits: { requests: 256, sockets: 64 }",
  drain: "drain: 30_000 (milliseconds)",
  logLevel: 'logLevel: "info" (silent, error, warn, info or debug)',
  tls: 'tls: { cert: "fullchain.pem", key: "privkey.pem" }',
  trustProxy: 'trustProxy: ["10.0.0.0/8"], or trustProxy: 1 (the number of proxies)',
  plugins: "plugins: [guard(), rotation({ … })]",
};

/** A config file as errors show it. */
export interface ConfigText {
  readonly name: string;
  /** Empty for the built-in config. */
  readonly text: string;
}

/** Settings that stand above those of the file. */
export interface Overrides {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly logLevel?: string | undefined;
  /** An absolute path. */
  readonly accountsFile?: string | undefined;
}

/** The settings of a config file, with defaults. Throws a `ConfigError` that lists every mistake. */
export function readServer(
  config: Readonly<Record<string, unknown>>,
  overrides: Overrides,
  file: ConfigText,
): ServerSettings {
  const { plugins: _plugins, ...settings } = config;
  const result = v.safeParse(shape, settings, { message: optionFault });
  const faults = [...unknownKeys(settings), ...(result.issues ?? []).map(fault)];
  if (!result.success || faults.length > 0) {
    throw new ConfigError(report(file, faults));
  }
  const given = defined(result.output);
  const above = defined({
    host: overrides.host,
    port: readPort(overrides.port),
    logLevel: readLevel(overrides.logLevel),
    accountsFile: readPath(overrides.accountsFile),
  });
  const byLan = given.allowLanAccess === true ? { host: "0.0.0.0" } : {};
  const timeouts = { ...defaults.timeouts, ...defined(given.timeouts ?? {}) };
  const limits = { ...defaults.limits, ...defined(given.limits ?? {}) };
  return { ...defaults, ...byLan, ...given, ...above, timeouts, limits };
}

/** The port of the command line or the environment. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const result = v.safeParse(port, /^\d+$/.test(text) ? Number(text) : undefined);
  if (result.success) return result.output;
  throw new ConfigError(
    `The port "${text}" is no port. Give a number from 0 to 65535 (0 is any free port).`,
  );
}

function readPath(path: string | undefined): string | undefined {
  if (path === undefined || isAbsolute(path)) return path;
  // Commands and the gateway may run in different folders, and must mean one file.
  throw new ConfigError(
    `AGPROXY_ACCOUNTS_FILE is "${path}" and must be an absolute path, such as /var/lib/agproxy/accounts.json.`,
  );
}

/** The log level of the command line. */
export function readLevel(text: string | undefined): ServerSettings["logLevel"] | undefined {
  const level = levels.find((each) => each === text);
  if (level !== undefined || text === undefined) return level;
  throw new ConfigError(`The log level "${text}" is none. Write ${levels.join(", ")}.`);
}

/** A setting that is wrong, by its path, and why. */
type Fault = readonly [path: string, why: string];

/** All faults, each with its place; of a single one the lines around it. */
function report({ name, text }: ConfigText, faults: readonly Fault[]): string {
  const places = faults.map(([path]) => keyPlace(text, path.split(".")));
  const lines = faults.map(([path, why], index) => {
    const place = places[index];
    const at = place === undefined || faults.length === 1 ? "" : ` (${place.line}:${place.column})`;
    return `  ${path}: ${why}${at}`;
  });
  const [place] = places;
  const frame = place === undefined || faults.length > 1 ? [] : ["", codeFrame(name, text, place)];
  return [`${name} has mistakes:`, ...lines, ...frame].join("\n");
}

function fault(issue: v.BaseIssue<unknown>): Fault {
  const path = v.getDotPath(issue) ?? "";
  const [top = ""] = path.split(".", 1);
  const sentence = issue.message.endsWith("?") ? issue.message : `${issue.message}.`;
  return [path, `${sentence} Write it like this: ${examples[top]}`];
}

function unknownKeys(settings: Readonly<Record<string, unknown>>): readonly Fault[] {
  return [
    ...Object.keys(settings)
      .filter((key) => !(key in shape.entries))
      .map((key) => unknownKey("", key, Object.keys(examples))),
    ...unknownInside("timeouts", settings, timeouts.entries),
    ...unknownInside("limits", settings, limits.entries),
    ...unknownInside("tls", settings, tls.entries),
  ];
}

function unknownInside(
  path: "timeouts" | "limits" | "tls",
  { [path]: inside }: Readonly<Record<string, unknown>>,
  entries: object,
): readonly Fault[] {
  const keys = isObject(inside) ? Object.keys(inside) : [];
  return keys
    .filter((key) => !(key in entries))
    .map((key) => unknownKey(path, key, Object.keys(entries)));
}

function unknownKey(path: string, key: string, known: readonly string[]): Fault {
  const meant = nearestName(key, known);
  const where = path === "" ? key : `${path}.${key}`;
  const advice = meant === undefined ? `There are: ${known.join(", ")}` : `Did you mean ${meant}?`;
  return [where, `there is no such setting. ${advice}`];
}

/** A mistake in the config file or on the command line. Its message is all that the user sees. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
