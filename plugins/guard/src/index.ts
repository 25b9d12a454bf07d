import { hostname } from "node:os";
import { definePlugin, isReachable, order, type Plugin, type ServerSettings } from "@agproxy/core";
import { type HostList, ownNames } from "./host-list.ts";
import { readHost } from "./host-name.ts";
import { type GuardOptions, readGuardOptions } from "./options.ts";
import { type OriginList, requestCheck } from "./request-check.ts";

export type { GuardOptions } from "./options.ts";

/** Keeps web pages from using the accounts, be it by DNS rebinding or by a request in passing. */
export function guard(options: GuardOptions = {}): Plugin {
  const { hosts, origins } = readGuardOptions(options, process.env["AGPROXY_ALLOWED_HOSTS"]);
  let description = "";

  return definePlugin({
    name: "guard",
    describe: () => description,
    notice: () => (origins.has("*") ? everyPage : undefined),
    apply({ hooks, server }) {
      const list = hostList(server, hosts);
      description = describe(list, origins);
      hooks.beforeAuth.tap({ name: "guard", stage: order.first }, requestCheck(list, origins));
    },
  });
}

const everyPage =
  'OPEN TO WEB PAGES: guard has origins: ["*"], so every page that anybody opens here can call the gateway.\n' +
  '  List the origins of your own pages: guard({ origins: ["https://chat.example.com"] })';

function describe({ reachable }: HostList, origins: OriginList): string {
  const pages = origins.size === 1 ? "1 web origin" : `${origins.size || "no"} web origins`;
  return `${reachable ? "private network" : "loopback"} hosts, ${pages}`;
}

function hostList(server: ServerSettings, configured: ReadonlySet<string>): HostList {
  const { host } = server;
  const bound = readHost(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
  const reachable = isReachable(server);
  const own = reachable ? ownNames(hostname()) : [];
  return { reachable, names: new Set([...configured, ...own, ...(bound ? [bound.name] : [])]) };
}
