import { parseArgs } from "node:util";
import type { ClientSetup } from "./client-setup.ts";
import type { ConfigSource } from "../config/config.ts";
import type { Distribution } from "../config/distribution.ts";
import { ConfigError } from "../config/settings.ts";
import { defaults } from "../hooks/server-settings.ts";
import { harmless } from "./terminal.ts";
import { version } from "../server/health.ts";

const usage = `agproxy ${version}: a gateway whose every concern is a plugin

  agproxy start              start the gateway
  agproxy check              validate the config and probe each account
  agproxy init               write a commented agproxy.config.ts
  agproxy init --client NAME print how a client is pointed here; with --write, write its file
  agproxy plugins            list the plugins, the hooks they tap, and their order
  agproxy explain MODEL      show which rule maps a model name, and why

  --model NAME               for init --client (default: one of the mapping table)
  --config FILE              the config file (default: agproxy.config.* in this directory)
  --host HOST, --port PORT   where to listen (above AGPROXY_HOST, AGPROXY_PORT and the file)
  --help, --version
`;

const options = {
  config: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  client: { type: "string" },
  model: { type: "string" },
  write: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

export type { Distribution };

/** Runs one command; resolves with the exit code. */
export async function main(args: readonly string[], distribution?: Distribution): Promise<number> {
  try {
    return await run(args, distribution);
  } catch (thrown) {
    warn(`agproxy: ${reason(thrown)}\n`);
    return 1;
  }
}

async function run(args: readonly string[], distribution?: Distribution): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, subject] = positionals;
  if (values.version === true) return print(`${version}\n`);
  if (values.help === true || command === undefined || command === "help") return print(usage);
  const source: ConfigSource = {
    file: values.config,
    directory: process.cwd(),
    distribution,
    overrides: {
      host: values.host ?? (process.env["AGPROXY_HOST"] || undefined),
      port: values.port ?? (process.env["AGPROXY_PORT"] || undefined),
    },
  };
  // Commands are loaded when they are used, so that a start loads none of the others.
  switch (command) {
    case "start":
      return (await import("./start.ts")).start(source);
    case "check":
      return (await import("./check.ts")).check(source, print, warn);
    case "init":
      if (values.client === undefined) {
        return (await import("./init.ts")).init(source.directory, print);
      }
      return (await import("./client-setup.ts")).clientSetup(
        setupOf(values.client, values, source),
        print,
      );
    case "plugins":
      return (await import("./list-plugins.ts")).listPlugins(source, print);
    case "explain":
      return (await import("./explain.ts")).explain(source, subject, print);
    default:
      warn(`agproxy: there is no command "${command}".\n\n${usage}`);
      return 2;
  }
}

function setupOf(
  client: string,
  values: { readonly model?: string | undefined; readonly write?: boolean | undefined },
  { directory, overrides }: ConfigSource,
): ClientSetup {
  const host = overrides.host ?? defaults.host;
  const url = `http://${host}:${overrides.port ?? defaults.port}`;
  const key = process.env["AGPROXY_API_KEY"] || "none";
  return {
    client,
    directory,
    write: values.write === true,
    model: values.model,
    url,
    key,
  };
}

function print(text: string): number {
  process.stdout.write(harmless(text));
  return 0;
}

function warn(text: string): number {
  process.stderr.write(harmless(text));
  return 0;
}

/** An error for the user, such as a mistake in the config, as its message; a defect with its stack. */
function reason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = "code" in thrown ? String(thrown.code) : "";
  const isForUser = thrown instanceof ConfigError || thrown.name === "Error";
  const expected = isForUser || code.startsWith("ERR_PARSE_ARGS");
  return expected ? thrown.message : (thrown.stack ?? thrown.message);
}
