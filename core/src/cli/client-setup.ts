import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { nearestName } from "../kit/options.ts";
import { ConfigError } from "../config/settings.ts";
import type { ConfigSource } from "../config/config.ts";
import { takesAnyone } from "./exposure.ts";
import { withGateway } from "./loaded-gateway.ts";
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

type Values = Readonly<Record<"baseUrl" | "url" | "key" | "model" | "setKey", string>>;

/** What the command line asks for. */
export interface ClientSetup {
  readonly client: string;
  readonly directory: string;
  readonly write: boolean;
  /** Absent: the default of `clients.json`. */
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
  const { clients, model, basePath } = JSON.parse(
    await readFile(join(folder, "clients.json"), "utf8"),
  ) as ClientCatalogue;
  const client = Object.hasOwn(clients, setup.client) ? clients[setup.client] : undefined;
  if (client === undefined) throw unknownClient(setup.client, Object.keys(clients));
  const values = valuesOf(setup, basePath, setup.model ?? model);
  const text = fill(await readFile(join(folder, client.template), "utf8"), values);
  const then = fill(client.then, values, false);
  const target = client.writes === undefined ? undefined : placed(client.writes, setup.directory);
  if (setup.write && target !== undefined) {
    await writeNew(target, text);
    return print(`Wrote ${target}. ${then}\n`);
  }
  print(text);
  const unwritten =
    target === undefined
      ? "Nothing is written: there is no file for this."
      : `Nothing is written. The file is ${target}; --write makes it where there is none.`;
  note(`\n# ${client.title}. ${unwritten}\n# ${then}\n`);
  if (setup.asksKey && setup.key === undefined && text.includes(noKey)) {
    note(`# Put a key of agproxy in place of ${noKey}.\n`);
  }
  return 0;
}

/** Stands for a key that is asked for and not known. */
const noKey = "YOUR-AGPROXY-KEY";

function valuesOf({ url, asksKey, key }: ClientSetup, basePath: string, model: string): Values {
  const setKey = asksKey
    ? "Set AGPROXY_API_KEY to a key of agproxy"
    : "Set AGPROXY_API_KEY to any text (agproxy asks for no key)";
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

function unknownClient(name: string, known: readonly string[]): ConfigError {
  const meant = nearestName(name, known);
  const advice = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new ConfigError(
    `There is no set-up for "${name}".${advice} There are: ${known.join(", ")}`,
  );
}

/** Fills the blanks. In a file a value must not end the text that it stands in. */
function fill(template: string, values: Values, isFile = true): string {
  return template.replaceAll(/\{\{(baseUrl|url|model|key|setKey)\}\}/g, (_, name: keyof Values) =>
    isFile ? values[name].replaceAll(/["\\$`\n]/g, "") : values[name],
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
