import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ConfigError } from "../config/settings.ts";
import { templates } from "./init.ts";
import type { Print } from "./print.ts";

/** One client in `templates/clients/clients.json`. */
interface Client {
  readonly title: string;
  readonly template: string;
  /** The file that the client reads, if it reads one; `~` is the home directory. */
  readonly writes?: string;
  /** What the user does next. */
  readonly then: string;
}

/** `templates/clients/clients.json`. */
interface ClientCatalogue {
  /** The model that a client is told to use where the user names none. */
  readonly model: string;
  /** What stands between agproxy's address and the paths that clients add. */
  readonly basePath: string;
  readonly clients: Readonly<Record<string, Client>>;
}

type Values = Readonly<Record<"baseUrl" | "key" | "model", string>>;

/** What the command line asks for. */
export interface ClientSetup {
  readonly client: string;
  readonly directory: string;
  readonly write: boolean;
  /** Absent: the default of `clients.json`. */
  readonly model: string | undefined;
  /** agproxy's address. */
  readonly url: string;
  readonly key: string;
}

const folder = join(templates, "clients");

/** `agproxy init --client NAME`: prints the configuration of a client, or writes it where the file does not exist. */
export async function clientSetup(setup: ClientSetup, print: Print): Promise<number> {
  const { clients, model, basePath } = JSON.parse(
    await readFile(join(folder, "clients.json"), "utf8"),
  ) as ClientCatalogue;
  const client = Object.hasOwn(clients, setup.client) ? clients[setup.client] : undefined;
  if (client === undefined) {
    throw new ConfigError(
      `There is no set-up for "${setup.client}". There are: ${Object.keys(clients).join(", ")}`,
    );
  }
  const template = await readFile(join(folder, client.template), "utf8");
  const text = fill(template, {
    baseUrl: setup.url + basePath,
    key: setup.key,
    model: setup.model ?? model,
  });
  const target = client.writes === undefined ? undefined : placed(client.writes, setup.directory);
  if (!setup.write || target === undefined) {
    return print(
      `# ${client.title}${target === undefined ? "" : `: ${target}`}\n\n${text}\n# ${client.then}\n`,
    );
  }
  await writeNew(target, text);
  return print(`Wrote ${target}. ${client.then}\n`);
}

function fill(template: string, values: Values): string {
  return template.replaceAll(/\{\{(baseUrl|model|key)\}\}/g, (_, name: keyof Values) =>
    values[name].replaceAll(/["\\$`\n]/g, ""),
  );
}

function placed(path: string, directory: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(directory, path);
}

/** Writes a file whole or not at all, for its owner only, and never over another one. Throws a `ConfigError`. */
async function writeNew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.agproxy`;
  await writeFile(draft, text, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, path);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") {
      throw new ConfigError(
        `${path} is there already and stays as it is. Run the command without --write and copy what you need.`,
      );
    }
    throw thrown;
  } finally {
    await rm(draft, { force: true });
  }
}
