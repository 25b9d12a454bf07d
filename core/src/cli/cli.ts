import { CommandLineError, readCommandLine, type CommandLine } from "./command-line.ts";
import { commandHelp, generalHelp } from "./command-help.ts";
import { type CommandTable, commandTable, isCommand } from "./commands.ts";
import type { ConfigSource } from "../config/config.ts";
import type { ShownExchange } from "../request/exchange-record.ts";
import type { Distribution, RunCommand } from "../config/distribution.ts";
import { EnvFile } from "./env-file.ts";
import { reasonOf } from "./print.ts";
import { harmless } from "./terminal.ts";
import { version } from "../server/version.ts";
import { stateFile } from "../store/private-file.ts";
import { workerNumber } from "../store/worker.ts";

export type { Distribution };

/** Runs one command; resolves with the exit code: 0, 1 where it failed, 2 for a command line that is not understood. */
export async function main(args: readonly string[], distribution?: Distribution): Promise<number> {
  try {
    const table = commandTable(distribution?.commands);
    return await run(readCommandLine(args, table), table, distribution);
  } catch (thrown) {
    warn(`agproxy: ${reasonOf(thrown)}\n`);
    return thrown instanceof CommandLineError ? 2 : 1;
  }
}

async function run(
  line: CommandLine,
  table: CommandTable,
  distribution?: Distribution,
): Promise<number> {
  const { command, words, values } = line;
  if (values.version === true) return print(`${version}\n`);
  if (command === undefined) return print(generalHelp(table, version));
  if (values.help === true) return print(commandHelp(table, command, words[0]));
  const envFile = values["env-file"] === undefined ? undefined : new EnvFile(values["env-file"]);
  envFile?.read();
  const source = sourceOf(line, distribution);
  const json = values.json === true;
  const logPlace = { json, file: values["log-file"] };
  const brought = table.brought[command];
  if (brought !== undefined) return runBrought(await brought.load(), line, source);
  if (!isCommand(command)) throw new TypeError(`nothing runs ${command}`);
  // Commands are loaded when they are used, so that a start loads none of the others.
  switch (command) {
    case "start":
      if (values.workers !== undefined && workerNumber() === undefined) {
        const { startWorkers, workerCount } = await import("./workers.ts");
        return startWorkers(workerCount(values.workers), source, logPlace);
      }
      return (await import("./start.ts")).start({
        source: () => sourceOf(line, distribution),
        envFile,
        watch: isWatching(values),
        logPlace,
        warn,
      });
    case "check":
      return (await import("./check.ts")).check(source, { json, print, warn });
    case "accounts": {
      const { accountsCommand } = await import("./accounts/accounts-command.ts");
      return accountsCommand(source, words, { json, print, warn });
    }
    case "status":
      return (await import("./status.ts")).status({ json, watch: values.watch, print, warn });
    case "init":
      if (values.client === undefined) {
        return (await import("./init.ts")).init(source.directory, print);
      }
      return initClient(values.client, values, source);
    case "create-plugin": {
      const { createPlugin } = await import("./create-plugin.ts");
      return createPlugin(source.directory, words[0] ?? "", distribution, print);
    }
    case "plugins":
      return (await import("./list-plugins.ts")).listPlugins(source, { json, print });
    case "explain":
      return (await import("./explain.ts")).explain(source, words[0] ?? "", { json, print });
    case "service":
      return (await import("./unit-install.ts")).installUnit(source, values, { print, note: warn });
    case "completion":
      return (await import("./completion.ts")).completion(words[0] ?? "", table, print);
  }
}

/** Who starts agproxy on a terminal edits its config beside it. */
function isWatching({ watch, "no-watch": not }: CommandLine["values"]): boolean {
  return not !== true && (watch ?? process.stdout.isTTY);
}

/** Runs a command of a plugin. It gets the config's plugins as they are, because what it does may let them start. */
async function runBrought(
  command: RunCommand,
  { words, values, given }: CommandLine,
  source: ConfigSource,
): Promise<number> {
  const { loadConfig } = await import("../config/config.ts");
  const { plugins, server } = await loadConfig(source);
  const { table } = await import("./print.ts");
  const { exchangeText } = await import("./exchange-text.ts");
  const { terminal } = await import("./log-output.ts");
  const json = values.json === true;
  // Its parts are harmless, and its colours are ours.
  const exchangeLine = (exchange: ShownExchange) => `${exchangeText(exchange, terminal())}\n`;
  return command({
    words,
    options: given,
    plugins,
    server,
    json,
    table,
    exchangeLine,
    print,
    warn,
  });
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
      accountsFile: process.env["AGPROXY_ACCOUNTS_FILE"] || stateFile("accounts.json"),
    },
  };
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
