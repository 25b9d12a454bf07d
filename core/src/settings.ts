import leven from "leven";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { defaults, type Server } from "./server.ts";

const port = z.number().int().min(0).max(65_535);
const milliseconds = z.number().int().positive().max(2_147_483_647);

/** The top level of a config file, `plugins` apart. */
const shape = z.strictObject({
  host: z.string().min(1).optional(),
  port: port.optional(),
  allowLanAccess: z.boolean().optional(),
  bodyLimit: z.number().int().positive().optional(),
  accountHeader: z.boolean().optional(),
  store: z.string().min(1).optional(),
  timeouts: z
    .strictObject({ connect: milliseconds, firstByte: milliseconds, idle: milliseconds })
    .partial()
    .optional(),
  drain: z.number().int().min(0).max(2_147_483_647).optional(),
  logLevel: z.enum(["silent", "error", "warn", "info", "debug"]).optional(),
});

/** How each key is written, for the error about it. */
const examples: Readonly<Record<string, string>> = {
  host: 'host: "127.0.0.1"',
  port: "port: 8045",
  allowLanAccess: "allowLanAccess: true",
  bodyLimit: "bodyLimit: 100 * 1024 * 1024 (bytes)",
  accountHeader: "accountHeader: false",
  store: 'store: "agproxy.sqlite" (a file), or "memory"',
  timeouts: "timeouts: { connect: 10_000, firstByte: 300_000, idle: 120_000 } (milliseconds)",
  drain: "drain: 30_000 (milliseconds)",
  logLevel: 'logLevel: "info" (silent, error, warn, info or debug)',
  plugins: "plugins: [guard(), rotation({ … })]",
};

interface Overrides {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

/** The settings of a config file with the defaults filled in. Throws a `ConfigError` that lists every mistake. */
export function readServer(
  config: Readonly<Record<string, unknown>>,
  overrides: Overrides,
  file: string,
): Server {
  const { plugins: _plugins, ...settings } = config;
  const result = shape.safeParse(settings);
  if (!result.success) throw new ConfigError(mistakes(result.error, file));
  const given = withoutUndefined(result.data);
  const above = withoutUndefined({ host: overrides.host, port: readPort(overrides.port) });
  const lan = given.allowLanAccess === true ? { host: "0.0.0.0" } : {};
  const timeouts = { ...defaults.timeouts, ...withoutUndefined(given.timeouts ?? {}) };
  return { ...defaults, ...lan, ...given, ...above, timeouts };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const result = port.safeParse(/^\d+$/.test(text) ? Number(text) : undefined);
  if (result.success) return result.data;
  throw new ConfigError(
    `The port "${text}" is no port. Give a number from 0 to 65535 (0 is any free port).`,
  );
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Defined<T>;
}

function mistakes(error: z.ZodError, file: string): string {
  const lines = error.issues.flatMap((issue) => {
    const path = issue.path.join(".");
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
    const example = examples[String(issue.path[0])];
    return [`  ${path}: ${issue.message}. Write it like this: ${example}`];
  });
  return [`${file} has mistakes:`, ...lines].join("\n");
}

function unknownKey(path: string, key: string): string {
  const known = Object.keys(path === "timeouts" ? defaults.timeouts : examples);
  const far = (name: string) => distance(name.toLowerCase(), key.toLowerCase());
  const [meant] = known.filter((name) => far(name) <= 2).toSorted((a, b) => far(a) - far(b));
  const where = path === "" ? key : `${path}.${key}`;
  return meant === undefined
    ? `  ${where}: there is no such setting. There are: ${known.join(", ")}`
    : `  ${where}: there is no such setting. Did you mean ${meant}?`;
}

/** How many letters apart two names are, whatever their case. */
function distance(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase());
}
