import {
  callersReport,
  clientGuides,
  exchangeHistory,
  type PluginContext,
  type RouteRequest,
} from "@agproxy/core";
import { TooManyWatchers } from "./errors.ts";
import type { Live } from "./live.ts";
import type { Callers } from "./page-api.ts";
import { addressOf, pageHeaders, pagePath } from "./page-routes.ts";
import type { Visitors } from "./visitors.ts";

/** Of the log: as many as the page keeps. */
const mostExchanges = 5000;

/** What the page's views read. */
export function viewRoutes(agproxy: PluginContext, visitors: Visitors, live: Live): void {
  const read = (name: string, answer: (request: RouteRequest) => Promise<unknown>) =>
    agproxy.route("GET", `${pagePath}/api/${name}`, async (request) => {
      visitors.admit(request);
      return { headers: pageHeaders, body: await answer(request) };
    });
  agproxy.route("GET", `${pagePath}/api/live`, async (request) => {
    visitors.admit(request);
    if (live.watchers.isFull) throw new TooManyWatchers();
    return { stream: live.stream(request.incoming.signal) };
  });
  read("models", ({ incoming }) => agproxy.models(incoming));
  read("explain", ({ incoming }) => agproxy.gateway.explain(incoming.query.get("model") ?? ""));
  read("callers", () => callersOf(agproxy));
  read("exchanges", async ({ incoming }) => {
    const since = Number(incoming.query.get("since"));
    return agproxy.find(exchangeHistory)?.latest(since, mostExchanges) ?? [];
  });
  read("clients", ({ incoming }) => {
    const asksKey = agproxy.find(callersReport)?.asksForKeys ?? false;
    return clientGuides({ url: addressOf(incoming), asksKey });
  });
}

async function callersOf({ find, gateway }: PluginContext): Promise<Callers> {
  const report = find(callersReport);
  const admission = gateway.plugins.find(({ name }) => name === "guard")?.describe?.();
  return {
    asksForKeys: report?.asksForKeys ?? false,
    ...(report !== undefined && { keys: await report.keys() }),
    ...(admission !== undefined && { admission }),
  };
}
