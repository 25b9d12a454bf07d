import type { Core } from "../hooks/plugin.ts";
import { mappedModel } from "../request/exchange.ts";
import type { RouteRequest } from "../hooks/route.ts";
import type { Routes } from "./routes.ts";
import { isFree, rank, Search } from "../request/selection.ts";
import type { Candidate } from "../hooks/stages.ts";
import { standingOf } from "../hooks/standing.ts";
import { version } from "./version.ts";

/** `GET /healthz`: whether the process answers. `GET /readyz[?model=NAME]`: whether an account can take a request. */
export function healthRoutes(core: Core, routes: Routes): void {
  routes.add("core", { method: "GET", path: "/healthz" }, async () => ({
    body: { status: "ok", version },
  }));
  routes.add("core", { method: "GET", path: "/readyz" }, (request) => readiness(core, request));
}

async function readiness(core: Core, request: RouteRequest) {
  const asked = request.incoming.query.get("model") ?? "";
  const { ranked } = await candidatesFor(core, asked, request);
  const usable = ranked.filter((one) => isFree(one) || one.passedOver?.isBusy === true).length;
  const ready = usable > 0;
  return {
    status: ready ? 200 : 503,
    body: {
      status: ready ? "ready" : "not ready",
      accounts: ranked.length,
      usable,
      standings: counts(ranked.map(standingOf)),
    },
  };
}

/** What a model name is mapped to, and the accounts that serve it as they would be asked now. Without a name: all of them. */
export async function candidatesFor(
  core: Core,
  asked: string,
  { incoming, caller }: Pick<RouteRequest, "incoming" | "caller">,
): Promise<{ readonly model: string; readonly ranked: readonly Candidate[] }> {
  const model = asked === "" ? "" : await mappedModel(core, asked, incoming);
  const exchange = {
    incoming,
    caller,
    protocol: "readyz",
    request: { model: asked, messages: [], stream: false, sampling: {} },
    model,
  };
  return { model, ranked: await rank(core, exchange, new Search(model)) };
}

/** How often each word is there. */
function counts(words: readonly string[]): Readonly<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const word of words) counted[word] = (counted[word] ?? 0) + 1;
  return counted;
}
