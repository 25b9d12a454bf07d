import { isIPv6 } from "node:net";
import { readHost } from "./host-name.ts";

export interface GuardOptions {
  /** Host names under which clients reach the gateway, besides those it knows itself. */
  readonly hosts?: readonly string[];
  /** Web origins whose pages may use the gateway, such as `https://chat.example.com`; `*` for all. */
  readonly origins?: readonly string[];
}

const names: readonly string[] = ["hosts", "origins"] satisfies (keyof GuardOptions)[];

/** The lists, each entry in the spelling that requests are compared with. */
export function readOptions(options: GuardOptions): { hosts: Set<string>; origins: Set<string> } {
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new Error(`guard: there is no option \`${stranger}\`. Options are ${names.join(", ")}.`);
  }
  return {
    hosts: new Set(texts(options.hosts, "hosts").map(readHostEntry)),
    origins: new Set(texts(options.origins, "origins").map(readOriginEntry)),
  };
}

/** Config files in JSON and YAML are not type-checked, hence `unknown`. */
function texts(value: unknown, key: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new Error(`guard: \`${key}\` must be a list of texts, such as ${examples[key]}.`);
}

const examples: Readonly<Record<string, string>> = {
  hosts: '["gateway.example.com"]',
  origins: '["https://chat.example.com"]',
};

function readHostEntry(entry: string, index: number): string {
  const host = readHost(isIPv6(entry) ? `[${entry}]` : entry);
  const hasPort = !isIPv6(entry) && /:\d+$/.test(entry);
  if (host !== undefined && !hasPort) return host.name;
  throw new Error(
    `guard: \`hosts[${index}]\` is "${entry}". Write a host name or an address without scheme, port and ` +
      `path, such as ${examples["hosts"]}.`,
  );
}

function readOriginEntry(entry: string, index: number): string {
  if (entry === "*") return entry;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#*@\s]+$/i.test(entry) && URL.canParse(entry)) {
    // `.origin` drops a default port, as browsers do; it is "null" for schemes that are not of the web.
    const { origin } = new URL(entry);
    return origin === "null" ? entry.toLowerCase() : origin;
  }
  throw new Error(
    `guard: \`origins[${index}]\` is "${entry}". Write scheme and host as a browser sends them, without a ` +
      `path or a slash at the end, such as ${examples["origins"]}.`,
  );
}
