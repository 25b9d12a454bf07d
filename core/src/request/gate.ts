import type { Context, Middleware, Next } from "koa";
import { arrival } from "./arrival.ts";
import type { Core } from "./core.ts";
import { errorBody } from "../errors/error-body.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Paths } from "./paths.ts";
import { HttpReply } from "./reply.ts";
import type { Protocol } from "../hooks/protocol.ts";
import type { Caller, Incoming } from "../hooks/stages.ts";

/** What a route finds once a request has passed the gate. */
export interface Passed {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly reply: HttpReply;
  /** In whose shape errors are told, where the route carries a chat. */
  readonly protocol: Protocol | undefined;
}

const anyone: Caller = { id: "anonymous", name: "anonymous" };

/** Every request passes here, whatever its path: it is named, checked, and known to be somebody's. */
export function gate(core: Core, paths: Paths): Middleware<Passed> {
  return async (ctx, next: Next) => {
    ctx.respond = false;
    ctx.path = paths.normalise(ctx.path);
    const { incoming, reply } = arrive(ctx);
    try {
      await check(core, incoming);
      if (ctx.method === "OPTIONS") return reply.empty(204);
      const caller = await authenticate(core, incoming);
      ctx.state = { incoming, reply, caller, protocol: undefined } satisfies Passed;
      await next();
      if (ctx.routeMatched !== true) throw paths.missing(ctx.method, ctx.path, ctx.host);
    } catch (thrown) {
      const error = AgproxyError.from(thrown);
      report(core, incoming, error);
      const protocol = ctx.state.protocol ?? paths.protocolAt(ctx.path);
      reply.error(error, protocol?.error(error) ?? errorBody(error));
    }
  };
}

function arrive(ctx: Context): { incoming: Incoming; reply: HttpReply } {
  const { req, res } = ctx;
  const abort = new AbortController();
  res.on("close", () => {
    if (!res.writableFinished) abort.abort();
  });
  const reply = new HttpReply(res, abort.signal);
  const incoming = arrival(req, ctx.path, ctx.querystring, abort.signal, (name, value) =>
    reply.setHeader(name, value),
  );
  return { incoming, reply };
}

/** Whether a request of nobody in particular may come in. Throws the refusal. */
export function check({ hooks }: Core, incoming: Incoming): void | Promise<void> {
  return hooks.beforeAuth.promise(incoming);
}

/** Whose a request is. */
export async function authenticate(core: Core, incoming: Incoming): Promise<Caller> {
  const hook = core.hooks.authenticate;
  if (!hook.isUsed()) return anyone;
  const caller = await hook.promise(incoming);
  if (caller === undefined) throw new AgproxyError("invalid_api_key");
  return caller;
}

/** One line for a request that was refused before it became an exchange. */
function report(core: Core, { id, method, path }: Incoming, error: AgproxyError): void {
  const level = error.type === "server_error" ? "error" : "info";
  const { status, code, cause } = error;
  core.log[level]({ id, method, path, status, error: code, err: cause }, "refused");
}
