import { hostname } from "node:os";
import { definePlugin, order, type Plugin, type ServerSettings } from "@agproxy/core";
import { type HostList, isLoopback, ownNames } from "./host-list.ts";
import { readHost } from "./host-name.ts";
import { type GuardOptions, readGuardOptions } from "./options.ts";
import { type OriginList, requestCheck } from "./request-check.ts";

export type { GuardOptions } from "./options.ts";

/** Keeps web pages from using the accounts, be it by DNS rebinding or by a request in passing. */
export function guard(options: GuardOptions = {}): Plugin {
  const { hosts, origins } = readGuardOptions(options);
  let description = "";

  return definePlugin({
    name: "guard",
    describe: () => description,
    apply({ hooks, server }) {
      const list = hostList(server, hosts);
      description = describe(list, origins);
      hooks.beforeAuth.tap({ name: "guard", stage: order.first }, requestCheck(list, origins));
    },
  });
}

function describe({ reachable }: HostList, origins: OriginList): string {
  const pages = origins.size === 1 ? "1 web origin" : `${origins.size || "no"} web origins`;
  return `${reachable ? "private network" : "loopback"} hosts, ${pages}`;
}

function hostList(
  { host, allowLanAccess }: ServerSettings,
  configured: ReadonlySet<string>,
): HostList {
  const bound = readHost(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
  const reachable = allowLanAccess || bound === undefined || !isLoopback(bound);
  const own = reachable ? ownNames(hostname()) : [];
  return { reachable, names: new Set([...configured, ...own, ...(bound ? [bound.name] : [])]) };
}
