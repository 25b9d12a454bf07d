import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Router as KoaRouter } from "@koa/router";
import { readForm } from "./form-body.ts";
import { readJson } from "./request-body.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { blame } from "../hooks/tap-guard.ts";
import { isObject } from "../kit/fields.ts";
import type { Model } from "../vocabulary/chat.ts";
import type { Core } from "../hooks/plugin.ts";
import { runExchange } from "../request/exchange.ts";
import type { Passed } from "../request/gate.ts";
import type { RoutePath } from "../request/paths.ts";
import type { Protocol } from "../hooks/protocol.ts";
import type { RouteAnswer, RouteRequest, RouteResult } from "../hooks/route.ts";
import type { HttpReply } from "../request/reply.ts";
import type { Incoming } from "../hooks/stages.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { Router } = createRequire(import.meta.url)("@koa/router") as typeof import("@koa/router");

/** A route and the plugin that serves it. */
export interface OwnedPath extends RoutePath {
  readonly owner: string;
}

/** The routes that plugins mount, and the middleware that serves them. */
export interface Routes {
  readonly middleware: ReturnType<KoaRouter<Passed>["routes"]>;
  readonly paths: readonly OwnedPath[];
  add(owner: string, method: "GET" | "POST" | "DELETE", path: string, answer: RouteAnswer): void;
  chat(owner: string, path: string, protocol: Protocol): void;
  models(incoming: Incoming): Promise<readonly Model[]>;
}

export function createRoutes(core: Core): Routes {
  const router = new Router<Passed>({ sensitive: true });
  const others = router.routes();
  /** Chat routes by path. Nearly all requests are for one, and a Map is quicker than the router. */
  const chats = new Map<string, (ctx: Parameters<typeof others>[0]) => Promise<void>>();
  const paths: OwnedPath[] = [];

  function claim(route: RoutePath, owner: string): void {
    const taken = paths.find(({ method, path }) => method === route.method && path === route.path);
    if (taken !== undefined) {
      throw new Error(
        `Plugins "${taken.owner}" and "${owner}" both serve ${route.method} ${route.path}. Remove one of them.`,
      );
    }
    paths.push({ ...route, owner });
  }

  return {
    middleware(ctx, next) {
      const answer = ctx.method === "POST" ? chats.get(ctx.path) : undefined;
      if (answer === undefined) return others(ctx, next);
      ctx.routeMatched = true;
      return answer(ctx);
    },
    paths,
    add(owner, method, path, answer) {
      claim({ method, path }, owner);
      router.register(path, [method], async (ctx) => {
        const request = routeRequest(ctx.state, ctx.params, ctx.req, core.server.bodyLimit);
        const answered = await routeAnswer(`${method} ${path}`, owner, () => answer(request));
        if ("chat" in answered) {
          const { protocol, body } = answered.chat;
          const { incoming, caller, reply } = ctx.state;
          ctx.state = { ...ctx.state, protocol };
          await runExchange(core, protocol, { incoming, caller, body }, reply);
        } else if ("stream" in answered) await relay(answered.stream, ctx.state.reply);
        else ctx.state.reply.json(answered.status ?? 200, answered.body);
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

/** What a route answers. A failure that is not meant for the client, or no answer at all, names plugin and route. */
async function routeAnswer(
  route: string,
  owner: string,
  answer: () => Promise<RouteResult>,
): Promise<RouteResult> {
  try {
    const answered: unknown = await answer();
    if (isRouteResult(answered)) return answered;
    throw new TypeError(
      "a route must answer with { body }, { stream } or { chat }, and a status from 200 to 599",
    );
  } catch (thrown) {
    const error = AgproxyError.from(thrown);
    throw error.code === "internal_error" ? blame(thrown, route, owner) : error;
  }
}

function isRouteResult(answered: unknown): answered is RouteResult {
  if (!isObject(answered)) return false;
  const status = answered["status"] ?? 200;
  if (typeof status !== "number" || !(status >= 200 && status <= 599)) return false;
  return ["body", "stream", "chat"].some((key) => key in answered);
}

/** Keeps the first model of each id: an earlier plugin comes before a later one. */
function isFirst(): (model: Model) => boolean {
  const seen = new Set<string>();
  return ({ id }) => seen.size !== seen.add(id).size;
}

async function relay(frames: AsyncIterable<string>, reply: HttpReply): Promise<void> {
  for await (const frame of frames) await reply.write(frame);
  reply.end("");
}
