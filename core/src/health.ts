import type { Core } from "./core.ts";
import type { RouteRequest } from "./plugin.ts";
import type { Routes } from "./routes.ts";
import { rank } from "./selection.ts";
import { version } from "./version.ts";

/** `GET /healthz`: the process answers. `GET /readyz[?model=NAME]`: some account can take a request. */
export function healthRoutes(core: Core, routes: Routes): void {
  routes.add("core", "GET", "/healthz", async () => ({ body: { status: "ok", version } }));
  routes.add("core", "GET", "/readyz", (request) => readiness(core, request));
}

async function readiness(core: Core, { incoming, caller }: RouteRequest) {
  const asked = incoming.query.get("model") ?? "";
  const mapped =
    asked !== "" && core.hooks.resolveModel.isUsed()
      ? await core.hooks.resolveModel.promise(asked, incoming)
      : undefined;
  const ranked = await rank(core, {
    incoming,
    caller,
    protocol: "readyz",
    request: { model: asked, messages: [], stream: false, sampling: {} },
    model: mapped ?? asked,
  });
  const usable = ranked.filter((candidate) => candidate.passedOver === undefined).length;
  const ready = usable > 0;
  return {
    status: ready ? 200 : 503,
    body: { status: ready ? "ready" : "not ready", accounts: ranked.length, usable },
  };
}
