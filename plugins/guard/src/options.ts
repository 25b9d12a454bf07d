import { isIPv6 } from "node:net";
import { readOptions, wrongOption } from "@agproxy/core";
import * as v from "valibot";
import { readHost } from "./host-name.ts";

export interface GuardOptions {
  /** Host names under which clients reach the gateway, besides those it knows itself and those in `AGPROXY_ALLOWED_HOSTS`. */
  readonly hosts?: readonly string[];
  /** Web origins whose pages may use the gateway, such as `https://chat.example.com`; `*` for all. */
  readonly origins?: readonly string[];
}

const schema = v.strictObject({
  hosts: v.optional(v.array(v.string()), []),
  origins: v.optional(v.array(v.string()), []),
});

const example = 'guard({ hosts: ["gateway.example.com"], origins: ["https://chat.example.com"] })';

/** The lists, each entry in the spelling that requests are compared with. `allowed` adds hosts: several with commas. */
export function readGuardOptions(
  options: GuardOptions,
  allowed = "",
): {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
} {
  const { hosts, origins } = readOptions("guard", schema, options, example);
  return {
    hosts: new Set([...hosts.map(readHostEntry), ...readAllowedHosts(allowed)]),
    origins: new Set(origins.map(readOriginEntry)),
  };
}

function readAllowedHosts(list: string): readonly string[] {
  const names = list.split(",").map((name) => name.trim());
  return names
    .filter((name) => name !== "")
    .map((name) => {
      const host = hostName(name);
      if (host !== undefined) return host;
      throw new Error(
        `guard: AGPROXY_ALLOWED_HOSTS has "${name}", which must be a host name or an address, without scheme, port and path. Write it like this: AGPROXY_ALLOWED_HOSTS=gateway.example.com,10.0.0.5`,
      );
    });
}

function readHostEntry(entry: string, index: number): string {
  const name = hostName(entry);
  if (name !== undefined) return name;
  const fault = `is "${entry}" and must be a host name or an address, without scheme, port and path`;
  throw wrongOption("guard", `hosts[${index}]`, fault, example);
}

function hostName(entry: string): string | undefined {
  const host = readHost(isIPv6(entry) ? `[${entry}]` : entry);
  const hasPort = !isIPv6(entry) && /:\d+$/.test(entry);
  return host === undefined || hasPort ? undefined : host.name;
}

function readOriginEntry(entry: string, index: number): string {
  if (entry === "*") return entry;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#*@\s]+$/i.test(entry) && URL.canParse(entry)) {
    // `.origin` drops a default port, as browsers do; it is "null" for schemes that are not of the web.
    const { origin } = new URL(entry);
    return origin === "null" ? entry.toLowerCase() : origin;
  }
  const fault = `is "${entry}" and must be scheme and host as browsers send them, without path or final slash`;
  throw wrongOption("guard", `origins[${index}]`, fault, example);
}
