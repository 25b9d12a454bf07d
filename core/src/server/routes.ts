import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Router as KoaRouter } from "@koa/router";
import { readForm } from "./form-body.ts";
import { readJson } from "./request-body.ts";
import { blamed, type OwnedRoute, routeResult, sendResult } from "./route-answer.ts";
import type { Model } from "../vocabulary/chat.ts";
import type { Core } from "../hooks/plugin.ts";
import { runExchange } from "../request/exchange.ts";
import type { Passed } from "../request/gate.ts";
import type { RoutePath } from "../request/paths.ts";
import type { Protocol } from "../hooks/protocol.ts";
import type { RouteAnswer, RouteMethod, RouteOptions, RouteRequest } from "../hooks/route.ts";
import type { Incoming } from "../hooks/stages.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { Router } = createRequire(import.meta.url)("@koa/router") as typeof import("@koa/router");

/** A route and the plugin that serves it. */
export interface OwnedPath extends RoutePath {
  readonly owner: string;
}

/** A route that is no chat. */
interface PlainRoute {
  readonly method: RouteMethod;
  readonly path: string;
}

/** The routes that plugins mount, and the middleware that serves them. */
export interface Routes {
  readonly middleware: ReturnType<KoaRouter<Passed>["routes"]>;
  readonly paths: readonly OwnedPath[];
  add(owner: string, route: PlainRoute, answer: RouteAnswer, options?: RouteOptions): void;
  chat(owner: string, path: string, protocol: Protocol): void;
  models(incoming: Incoming): Promise<readonly Model[]>;
}

export function createRoutes(core: Core): Routes {
  const router = new Router<Passed>({ sensitive: true });
  const others = router.routes();
  /** Asked before the others: they take what these leave. */
  const conditional = new Router<Passed>({ sensitive: true });
  const some = conditional.routes();
  /** Chat routes by path. Nearly all requests are for one, and a Map is quicker than the router. */
  const chats = new Map<string, (ctx: Parameters<typeof others>[0]) => Promise<void>>();
  const paths: OwnedPath[] = [];

  function claim(route: RoutePath, owner: string): void {
    refuseTaken(paths, route, owner);
    paths.push({ ...route, owner });
  }

  return {
    middleware(ctx, next) {
      const answer = ctx.method === "POST" ? chats.get(ctx.path) : undefined;
      if (answer === undefined) return some(ctx, () => others(ctx, next));
      ctx.routeMatched = true;
      return answer(ctx);
    },
    paths,
    add(owner, { method, path }, answer, { when } = {}) {
      if (when === undefined) claim({ method, path }, owner);
      else paths.push({ method, path, owner, isShared: true });
      const own = { owner, route: `${method} ${path}` };
      const among = when === undefined ? router : conditional;
      among.register(path, [method], async (ctx, next) => {
        const isOwn = when === undefined || isMeant(when, ctx.state.incoming, own);
        ctx.routeMatched = isOwn;
        if (!isOwn) return next();
        const request = routeRequest(ctx.state, ctx.params, ctx.req, core.server.bodyLimit);
        const result = await routeResult(own, () => answer(request));
        const { incoming, caller, reply } = ctx.state;
        if ("chat" in result) {
          const { protocol, body } = result.chat;
          ctx.state = { ...ctx.state, protocol };
          await runExchange(core, protocol, { incoming, caller, body }, reply);
        } else await sendResult(result, own, { incoming, reply, response: ctx.res });
      });
    },
    chat(owner, path, protocol) {
      claim({ method: "POST", path, protocol }, owner);
      chats.set(path, async (ctx) => {
        const { incoming, caller, reply, hold } = ctx.state;
        const read = protocol.takes === "form" ? readForm : readJson;
        const body = await read(ctx.req, core.server.bodyLimit, hold);
        await runExchange(core, protocol, { incoming, caller, body }, reply);
      });
    },
    async models(incoming) {
      const listed = await core.hooks.listModels.promise([], incoming);
      return listed.filter(isFirst());
    },
  };
}

function refuseTaken(paths: readonly OwnedPath[], route: RoutePath, owner: string): void {
  const taken = paths.find(
    ({ method, path, isShared }) =>
      isShared !== true && method === route.method && path === route.path,
  );
  if (taken === undefined) return;
  throw new Error(
    `Plugins "${taken.owner}" and "${owner}" both serve ${route.method} ${route.path}. Remove one of them.`,
  );
}

function isMeant(
  when: NonNullable<RouteOptions["when"]>,
  incoming: Incoming,
  own: OwnedRoute,
): boolean {
  try {
    return when(incoming);
  } catch (thrown) {
    throw blamed(thrown, own);
  }
}

function routeRequest(
  { incoming, caller, hold }: Passed,
  params: Record<string, string>,
  message: IncomingMessage,
  limit: number,
): RouteRequest {
  return {
    incoming,
    caller,
    params,
    json: () => readJson(message, limit, hold),
    form: () => readForm(message, limit, hold),
  };
}

/** Keeps the first model of each id: an earlier plugin comes before a later one. */
function isFirst(): (model: Model) => boolean {
  const seen = new Set<string>();
  return ({ id }) => seen.size !== seen.add(id).size;
}
