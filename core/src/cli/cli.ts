import { loadEnvFile } from "node:process";
import { CommandLineError, readCommandLine, type CommandLine } from "./command-line.ts";
import { commandHelp, generalHelp } from "./commands.ts";
import type { ConfigSource } from "../config/config.ts";
import type { Distribution } from "../config/distribution.ts";
import { ConfigError } from "../config/settings.ts";
import { harmless } from "./terminal.ts";
import { version } from "../server/health.ts";

export type { Distribution };

/** Runs one command; resolves with the exit code: 0, 1 where it failed, 2 for a command line that is not understood. */
export async function main(args: readonly string[], distribution?: Distribution): Promise<number> {
  try {
    return await run(readCommandLine(args), distribution);
  } catch (thrown) {
    warn(`agproxy: ${reason(thrown)}\n`);
    return thrown instanceof CommandLineError ? 2 : 1;
  }
}

async function run(line: CommandLine, distribution?: Distribution): Promise<number> {
  const { command, argument, values } = line;
  if (values.version === true) return print(`${version}\n`);
  if (command === undefined) return print(generalHelp(version));
  if (values.help === true) return print(commandHelp(command));
  if (values["env-file"] !== undefined) readVariables(values["env-file"]);
  const source = sourceOf(line, distribution);
  const json = values.json === true;
  // Commands are loaded when they are used, so that a start loads none of the others.
  switch (command) {
    case "start":
      return (await import("./start.ts")).start(source);
    case "check":
      return (await import("./check.ts")).check(source, { json, print, warn });
    case "init":
      if (values.client === undefined) {
        return (await import("./init.ts")).init(source.directory, print);
      }
      return initClient(values.client, values, source);
    case "create-plugin": {
      const { createPlugin } = await import("./create-plugin.ts");
      return createPlugin(source.directory, argument ?? "", distribution, print);
    }
    case "plugins":
      return (await import("./list-plugins.ts")).listPlugins(source, { json, print });
    case "explain":
      return (await import("./explain.ts")).explain(source, argument ?? "", { json, print });
  }
}

function sourceOf({ values }: CommandLine, distribution?: Distribution): ConfigSource {
  return {
    file: values.config,
    directory: process.cwd(),
    distribution,
    overrides: {
      host: values.host ?? (process.env["AGPROXY_HOST"] || undefined),
      port: values.port ?? (process.env["AGPROXY_PORT"] || undefined),
      logLevel: values["log-level"],
    },
  };
}

function readVariables(file: string): void {
  try {
    loadEnvFile(file);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? ` (${String(thrown.code)})` : "";
    throw new ConfigError(`--env-file: ${file} cannot be read${code}.`, { cause: thrown });
  }
}

async function initClient(
  client: string,
  { model, write }: CommandLine["values"],
  source: ConfigSource,
): Promise<number> {
  const { clientSetup, place } = await import("./client-setup.ts");
  const { directory } = source;
  const key = process.env["AGPROXY_API_KEY"] || undefined;
  const setup = { client, directory, write: write === true, model, key, ...(await place(source)) };
  return clientSetup(setup, { print, note: warn });
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
  const isForUser = thrown instanceof ConfigError || thrown.name === "Error";
  return isForUser ? thrown.message : (thrown.stack ?? thrown.message);
}
