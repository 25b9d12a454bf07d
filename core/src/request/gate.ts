import type { Context, Middleware, Next } from "koa";
import type { Core } from "../hooks/plugin.ts";
import { errorBody, AgproxyError } from "../errors/agproxy-error.ts";
import type { Paths } from "./paths.ts";
import { HttpReply } from "./reply.ts";
import type { Protocol } from "../hooks/protocol.ts";
import type { Caller, Incoming } from "../hooks/stages.ts";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { validateHeaderName } = process.getBuiltinModule("node:http");

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

/** Names a request that has arrived. `setHeader` sets a header of its answer, as long as there is one to set. */
export function arrival(
  message: IncomingMessage,
  path: string,
  search: string,
  signal: AbortSignal,
  setHeader: Incoming["setHeader"],
): Incoming {
  let ignored: Set<string> | undefined;
  let told = "";
  const set = (name: string, value: string) => {
    // Here its plugin can be told; when the head is written, nobody.
    validateHeaderName(name);
    setHeader(name, headerSafe(value));
  };
  const incoming: Incoming = {
    id: randomUUID(),
    method: message.method ?? "",
    path,
    // No getter: V8 keeps what the getter of an object literal can see until the next full collection.
    query: search === "" ? noQuery : new URLSearchParams(search),
    headers: message.headers,
    remoteAddress: message.socket.remoteAddress ?? "",
    receivedAt: Date.now(),
    signal,
    setHeader: set,
    noteIgnored(field) {
      ignored ??= new Set();
      if (told.length > headerValueLimit || ignored.has(field)) return;
      ignored.add(field);
      told = told === "" ? field : `${told}, ${field}`;
      set("X-Agproxy-Ignored", told);
    },
  };
  setHeader("X-Request-Id", incoming.id);
  return incoming;
}

const noQuery: Incoming["query"] = new URLSearchParams();

/** In characters. */
const headerValueLimit = 1024;

/** Model names and labels come from people; a header takes only visible ASCII. */
function headerSafe(value: string): string {
  const isSafe = value.length <= headerValueLimit && !/[^\x20-\x7e]/.test(value);
  return isSafe ? value : value.slice(0, headerValueLimit).replaceAll(/[^\x20-\x7e]/g, "?");
}
