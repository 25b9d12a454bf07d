import * as v from "valibot";
import { defined, isObject } from "../kit/fields.ts";
import { nearestName, optionFault } from "../kit/options.ts";
import { defaults, type ServerSettings } from "../hooks/server-settings.ts";

const wholeNumber = v.pipe(v.number(), v.integer());
const port = v.pipe(wholeNumber, v.minValue(0), v.maxValue(65_535));
/** Node's timers take no longer delay. */
const timerLimitMs = v.maxValue<number, number>(2_147_483_647);
const milliseconds = v.pipe(wholeNumber, v.minValue(1), timerLimitMs);
const text = v.pipe(v.string(), v.minLength(1));
const levels = ["silent", "error", "warn", "info", "debug"] as const;
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
  plugins: "plugins: [guard(), rotation({ … })]",
};

interface Overrides {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

/** The settings of a config file, with defaults. Throws a `ConfigError` that lists every mistake. */
export function readServer(
  config: Readonly<Record<string, unknown>>,
  overrides: Overrides,
  file: string,
): ServerSettings {
  const { plugins: _plugins, ...settings } = config;
  const result = v.safeParse(shape, settings, { message: optionFault });
  const faults = [...unknownKeys(settings), ...(result.issues ?? []).map(fault)];
  if (!result.success || faults.length > 0) {
    throw new ConfigError([`${file} has mistakes:`, ...faults].join("\n"));
  }
  const given = defined(result.output);
  const above = defined({ host: overrides.host, port: readPort(overrides.port) });
  const byLan = given.allowLanAccess === true ? { host: "0.0.0.0" } : {};
  const timeouts = { ...defaults.timeouts, ...defined(given.timeouts ?? {}) };
  const limits = { ...defaults.limits, ...defined(given.limits ?? {}) };
  return { ...defaults, ...byLan, ...given, ...above, timeouts, limits };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const result = v.safeParse(port, /^\d+$/.test(text) ? Number(text) : undefined);
  if (result.success) return result.output;
  throw new ConfigError(
    `The port "${text}" is no port. Give a number from 0 to 65535 (0 is any free port).`,
  );
}

function fault(issue: v.BaseIssue<unknown>): string {
  const [top] = (v.getDotPath(issue) ?? "").split(".", 1);
  return `  ${v.getDotPath(issue)}: ${issue.message}. Write it like this: ${examples[top ?? ""]}`;
}

function unknownKeys(settings: Readonly<Record<string, unknown>>): readonly string[] {
  return [
    ...Object.keys(settings)
      .filter((key) => !(key in shape.entries))
      .map((key) => unknownKey("", key)),
    ...unknownInside("timeouts", settings, timeouts.entries),
    ...unknownInside("limits", settings, limits.entries),
  ];
}

function unknownInside(
  path: "timeouts" | "limits",
  { [path]: inside }: Readonly<Record<string, unknown>>,
  entries: object,
): readonly string[] {
  const keys = isObject(inside) ? Object.keys(inside) : [];
  return keys.filter((key) => !(key in entries)).map((key) => unknownKey(path, key));
}

function unknownKey(path: "" | "timeouts" | "limits", key: string): string {
  const known = Object.keys(path === "" ? examples : defaults[path]);
  const meant = nearestName(key, known);
  const where = path === "" ? key : `${path}.${key}`;
  return meant === undefined
    ? `  ${where}: there is no such setting. There are: ${known.join(", ")}`
    : `  ${where}: there is no such setting. Did you mean ${meant}?`;
}

/** A mistake in the config file or on the command line. Its message is all that the user sees. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
