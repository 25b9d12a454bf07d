import { hostname } from "node:os";
import {
  AgproxyError,
  definePlugin,
  order,
  remember,
  type Incoming,
  type Plugin,
  type ServerSettings,
} from "@agproxy/core";
import { isBodyAcceptable } from "./content-type.ts";
import { corsHeaders } from "./cors.ts";
import { HostNotAllowed, OriginNotAllowed } from "./errors.ts";
import { type HostList, isHostAllowed, isLoopback, ownNames } from "./host-list.ts";
import { readHost } from "./host-name.ts";
export type { GuardOptions } from "./options.ts";
import { type GuardOptions, readOptions } from "./options.ts";
import { judgeOrigin, type OriginList } from "./origin.ts";

/** How many `Host` headers are remembered. */
const mostHosts = 64;

/** Keeps web pages out: they must not spend the accounts, neither by DNS rebinding nor in passing. */
export function guard(options: GuardOptions = {}): Plugin {
  const { hosts, origins } = readOptions(options);
  let description = "";

  return definePlugin({
    name: "guard",
    describe: () => description,
    apply({ hooks, server }) {
      const list = hostList(server, hosts);
      const judgement = remember(mostHosts, (header) => judgeHost(header, list));
      description = describe(list, origins);
      hooks.beforeAuth.tap({ name: "guard", stage: order.first }, (incoming) => {
        const { host = "" } = incoming.headers;
        const refusal = judgement(host);
        if (refusal !== undefined) throw new HostNotAllowed(refusal);
        checkOrigin(incoming, origins);
        checkBody(incoming);
      });
    },
  });
}

function describe({ reachable }: HostList, origins: OriginList): string {
  const pages = origins.size === 1 ? "1 web origin" : `${origins.size || "no"} web origins`;
  return `${reachable ? "private network" : "loopback"} hosts, ${pages}`;
}

function hostList(
  { host, allowLanAccess }: ServerSettings,
  further: ReadonlySet<string>,
): HostList {
  const bound = readHost(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
  const reachable = allowLanAccess || bound === undefined || !isLoopback(bound);
  const own = reachable ? ownNames(hostname()) : [];
  return { reachable, names: new Set([...further, ...own, ...(bound ? [bound.name] : [])]) };
}

/** Why requests for a host may not come in; absent where they may. */
function judgeHost(header: string, list: HostList): string | undefined {
  const host = readHost(header);
  if (host === undefined) return "The request has no readable Host header.";
  if (isHostAllowed(host, list)) return undefined;
  return `Requests for the host ${host.name.slice(0, 200)} are not allowed.`;
}

function checkOrigin(incoming: Incoming, listed: OriginList): void {
  const { method, headers } = incoming;
  const { host = "", origin, "sec-fetch-site": site } = headers;
  const fetchSite = Array.isArray(site) ? site[0] : site;
  const verdict = judgeOrigin({ host, origin, fetchSite }, listed);
  if (listed.size > 0) incoming.setHeader("Vary", "Origin");
  if (verdict === "foreign") throw foreign(origin);
  if (verdict === "own" || origin === undefined) return;
  for (const [name, value] of Object.entries(corsHeaders(origin, method, headers))) {
    incoming.setHeader(name, value);
  }
}

function foreign(origin: string | undefined): AgproxyError {
  if (origin === undefined || origin === "null") return new OriginNotAllowed();
  return new OriginNotAllowed(`Pages of ${origin.slice(0, 200)} are not allowed here.`, {
    advice: "Add the origin to the guard plugin's `origins`.",
  });
}

function checkBody({ method, headers }: Incoming): void {
  if (!isBodyAcceptable(method, headers)) throw new AgproxyError("unsupported_media_type");
}
