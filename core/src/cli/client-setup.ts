import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import nodePath, { join, type PlatformPath } from "node:path";
import { nearestName } from "../kit/options.ts";
import type { ConfigSource } from "../config/config.ts";
import { CommandLineError } from "./command-line.ts";
import { takesAnyone } from "./exposure.ts";
import { withGateway } from "./loaded-gateway.ts";
import { templates } from "./init.ts";
import { writeNew } from "./new-file.ts";
import { type Print, widthOf, wrapped } from "./print.ts";

/** One client in `templates/clients/clients.json`. */
interface Client {
  readonly title: string;
  readonly template: string;
  /** The model where the user names none. Absent: the catalogue's. */
  readonly model?: string;
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

type Values = Readonly<Record<"baseUrl" | "url" | "key" | "model" | "setKey", string>>;

/** What the command line asks for. */
export interface ClientSetup {
  readonly client: string;
  readonly directory: string;
  readonly write: boolean;
  /** Absent: the default of `clients.json`, the client's or the general one. */
  readonly model: string | undefined;
  /** agproxy's address. */
  readonly url: string;
  /** Whether callers need a key. */
  readonly asksKey: boolean;
  /** The key of the environment, if there is one. */
  readonly key: string | undefined;
}

/** Where the set-up goes, and where what people should know about it goes: the first can be redirected to a file. */
interface SetupOutput {
  readonly print: Print;
  readonly note: Print;
}

const folder = join(templates, "clients");

/**
 * `agproxy init --client NAME`: prints the configuration of a client and nothing else, or writes it where the file does not
 * exist.
 */
export async function clientSetup(
  setup: ClientSetup,
  { print, note }: SetupOutput,
): Promise<number> {
  const { clients, model, basePath } = await readCatalogue();
  const client = Object.hasOwn(clients, setup.client) ? clients[setup.client] : undefined;
  if (client === undefined) throw unknownClient(setup.client, Object.keys(clients));
  const values = valuesOf(setup, basePath, setup.model ?? client.model ?? model);
  const text = fill(await readFile(join(folder, client.template), "utf8"), values);
  const then = fill(client.then, values, false);
  const target = client.writes === undefined ? undefined : placed(client.writes, setup.directory);
  if (setup.write && target !== undefined) {
    const advice = " Run the command without --write and copy what you need.";
    await writeNew(target, text, { advice });
    return print(`Wrote ${target}. ${then}\n`);
  }
  print(text);
  const unwritten =
    target === undefined
      ? "Nothing is written: there is no file for this."
      : `Nothing is written. The file is ${target}; --write makes it where there is none.`;
  const width = widthOf(process.stderr);
  const remark = (line: string) => note(`${wrapped(`# ${line}`, width, "# ")}\n`);
  note("\n");
  remark(`${client.title}. ${unwritten}`);
  remark(then);
  if (setup.asksKey && setup.key === undefined && text.includes(noKey)) {
    remark(`Put a key of agproxy in place of ${noKey}.`);
  }
  return 0;
}

/** The names of all clients that there is a set-up for. */
export async function clientNames(): Promise<readonly string[]> {
  return Object.keys((await readCatalogue()).clients);
}

async function readCatalogue(): Promise<ClientCatalogue> {
  return JSON.parse(await readFile(join(folder, "clients.json"), "utf8")) as ClientCatalogue;
}

/** Stands for a key that is asked for and not known. */
const noKey = "YOUR-AGPROXY-KEY";

function valuesOf({ url, asksKey, key }: ClientSetup, basePath: string, model: string): Values {
  const setKey = asksKey
    ? "Set AGPROXY_API_KEY to a key of agproxy"
    : // Not just any text: an agproxy that is started with the variable refuses those that are no key.
      "Set AGPROXY_API_KEY to a text such as not-asked-for (agproxy asks for no key)";
  return { url, baseUrl: url + basePath, key: asksKey ? (key ?? noKey) : "none", model, setKey };
}

/** Where the config has agproxy listen, as a client on this machine reaches it, and whether it asks for a key. */
export function place(source: ConfigSource): Promise<Pick<ClientSetup, "url" | "asksKey">> {
  return withGateway(source, async (gateway) => {
    const { host, port, tls } = gateway.core.server;
    const scheme = tls === undefined ? "http" : "https";
    const isEverywhere = ["0.0.0.0", "::", "[::]"].includes(host);
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    const chat = gateway.routes.find(({ protocol }) => protocol?.example !== undefined);
    const asksKey = !(await takesAnyone(gateway, chat?.path ?? "/"));
    return { url: `${scheme}://${isEverywhere ? "127.0.0.1" : name}:${port}`, asksKey };
  });
}

function unknownClient(name: string, known: readonly string[]): CommandLineError {
  const meant = nearestName(name, known);
  const advice = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new CommandLineError(
    `There is no set-up for "${name}".${advice} There are: ${known.join(", ")}`,
  );
}

/** Fills the blanks. In a file a value must not end the text that it stands in. */
function fill(template: string, values: Values, isFile = true): string {
  return template.replaceAll(/\{\{(baseUrl|url|model|key|setKey)\}\}/g, (_, name: keyof Values) =>
    isFile ? values[name].replaceAll(/["\\$`\n]/g, "") : values[name],
  );
}

/** A path of `clients.json`, which has slashes on every system. */
export function placed(
  path: string,
  directory: string,
  home = homedir(),
  rules: PlatformPath = nodePath,
): string {
  return path.startsWith("~/") ? rules.join(home, path.slice(2)) : rules.resolve(directory, path);
}
