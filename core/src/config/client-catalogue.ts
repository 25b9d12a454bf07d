import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { defined } from "../kit/fields.ts";

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

/** How clients are to reach agproxy. */
export interface ClientPlace {
  /** agproxy's address. */
  readonly url: string;
  /** Whether callers need a key. */
  readonly asksKey: boolean;
  /** The key, if it may be shown. */
  readonly key?: string | undefined;
  /** Absent: the default of `clients.json`, the client's or the general one. */
  readonly model?: string | undefined;
}

/** How one client is pointed at agproxy. */
export interface ClientGuide {
  /** As `agproxy init --client` names it. */
  readonly name: string;
  readonly title: string;
  /** The whole configuration. */
  readonly text: string;
  /** The file that the client reads, if it reads one; `~` is the home directory. */
  readonly writes?: string;
  /** What the user does next. */
  readonly next: string;
}

/** Stands for a key that is asked for and not known. */
export const noKey = "YOUR-AGPROXY-KEY";

/**
 * How every known client is pointed at agproxy: what `agproxy init --client` prints.
 *
 * @example
 * const [first] = await clientGuides({ url: "http://127.0.0.1:8045", asksKey: true });
 */
export async function clientGuides(place: ClientPlace): Promise<readonly ClientGuide[]> {
  const catalogue = await readCatalogue();
  return Promise.all(
    Object.entries(catalogue.clients).map(([name, client]) =>
      guideOf(name, client, catalogue, place),
    ),
  );
}

/** The names of all clients that there is a guide for. */
export async function clientNames(): Promise<readonly string[]> {
  return Object.keys((await readCatalogue()).clients);
}

async function guideOf(
  name: string,
  { title, template, model, writes, then }: Client,
  catalogue: ClientCatalogue,
  place: ClientPlace,
): Promise<ClientGuide> {
  const values = valuesOf(place, catalogue.basePath, place.model ?? model ?? catalogue.model);
  const text = fill(await readFile(join(folder(), template), "utf8"), values);
  return { name, title, text, next: fill(then, values, false), ...defined({ writes }) };
}

async function readCatalogue(): Promise<ClientCatalogue> {
  return JSON.parse(await readFile(join(folder(), "clients.json"), "utf8")) as ClientCatalogue;
}

/** By the package's name, because sources and built files lie at different depths. */
function folder(): string {
  const manifest = createRequire(import.meta.url).resolve("@agproxy/core/package.json");
  return join(dirname(manifest), "templates/clients");
}

function valuesOf({ url, asksKey, key }: ClientPlace, basePath: string, model: string): Values {
  const setKey = asksKey
    ? "Set AGPROXY_API_KEY to a key of agproxy"
    : // Not just any text: an agproxy that is started with the variable refuses those that are no key.
      "Set AGPROXY_API_KEY to a text such as not-asked-for (agproxy asks for no key)";
  return { url, baseUrl: url + basePath, key: asksKey ? (key ?? noKey) : "none", model, setKey };
}

/** Fills the blanks. In a file a value must not end the text that it stands in. */
function fill(template: string, values: Values, isFile = true): string {
  return template.replaceAll(/\{\{(baseUrl|url|model|key|setKey)\}\}/g, (_, name: keyof Values) =>
    isFile ? values[name].replaceAll(/["\\$`\n]/g, "") : values[name],
  );
}
