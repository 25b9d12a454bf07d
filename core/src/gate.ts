import { randomUUID } from "node:crypto";
import type { Context, Middleware, Next } from "koa";
import type { Core } from "./core.ts";
import { AgproxyError } from "./errors.ts";
import type { Paths } from "./paths.ts";
import { Reply } from "./reply.ts";
import type { Caller, Incoming } from "./stages.ts";

/** What a route finds once a request has passed the gate. */
export interface Passed {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly reply: Reply;
}

const anyone: Caller = { id: "anonymous", name: "anonymous" };

/** Every request passes here, whatever its path: it is named, checked, and known to be somebody's. */
export function gate(core: Core, paths: Paths): Middleware<Passed> {
  return async (ctx, next: Next) => {
    ctx.respond = false;
    ctx.path = paths.normalise(ctx.path);
    const { incoming, reply } = arrival(ctx);
    try {
      const { beforeAuth } = core.hooks;
      if (beforeAuth.isUsed()) await beforeAuth.promise(incoming);
      if (ctx.method === "OPTIONS") return void ctx.res.writeHead(204).end();
      Object.assign(ctx.state, { incoming, reply, caller: await authenticate(core, incoming) });
      await next();
      if (!ctx.matched) throw paths.missing(ctx.method, ctx.path, ctx.host);
    } catch (thrown) {
      const error = AgproxyError.from(thrown);
      report(core, incoming, error);
      reply.error(error, paths.protocolAt(ctx.path)?.error(error) ?? plainError(error));
    }
  };
}

function arrival(ctx: Context): { incoming: Incoming; reply: Reply } {
  const { req, res } = ctx;
  const abort = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) abort.abort();
  });
  const ignored = new Set<string>();
  const setHeader = (name: string, value: string) => {
    if (!res.headersSent) res.setHeader(name, headerSafe(value));
  };
  const incoming: Incoming = {
    id: randomUUID(),
    method: ctx.method,
    path: ctx.path,
    query: ctx.URL.searchParams,
    headers: req.headers,
    remoteAddress: req.socket.remoteAddress ?? "",
    receivedAt: Date.now(),
    signal: abort.signal,
    setHeader,
    noteIgnored: (field) => setHeader("X-Agproxy-Ignored", [...ignored.add(field)].join(", ")),
  };
  incoming.setHeader("X-Request-Id", incoming.id);
  return { incoming, reply: new Reply(res, abort.signal) };
}

/** Model names and labels come from people; a header takes only visible ASCII. */
function headerSafe(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 1024);
}

async function authenticate(core: Core, incoming: Incoming): Promise<Caller> {
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

/** The error shape of routes that belong to no protocol. */
export function plainError({ message, type, param, code, advice }: AgproxyError) {
  return { error: { message: `${message} ${advice}`, type, param: param ?? null, code } };
}
