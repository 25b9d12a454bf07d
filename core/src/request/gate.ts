import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import Koa, { type Context, type Middleware, type Next } from "koa";
import type { Core } from "../hooks/plugin.ts";
import { errorBody, AgproxyError } from "../errors/agproxy-error.ts";
import { severityOf } from "../errors/severity.ts";
import type { Paths } from "./paths.ts";
import { type CallerLoads, type Hold, Ticket } from "./caller-loads.ts";
import type { OpenRequests } from "./time-limits.ts";
import { HttpReply } from "./reply.ts";
import type { Sender, SenderOf } from "./sender.ts";
import type { ErrorWire, Protocol } from "../hooks/protocol.ts";
import { anonymous, type Caller, type Incoming } from "../hooks/stages.ts";

// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { validateHeaderName } = process.getBuiltinModule("node:http");

/**
 * Koa without its watch over the end of each answer, because the gate has its own: the listeners that `on-finished` adds to
 * response and socket are 7 % of a unary request. `koa.callback()` calls `handleRequest`; where another version does not, only
 * the cost changes.
 */
export class UnwatchedKoa extends Koa {
  handleRequest(ctx: Context, run: (ctx: Context) => Promise<void>): Promise<void> {
    const failed = (error: Error) => ctx.onerror(error);
    // Such as that of a client that breaks off. Without a listener it would end the process.
    ctx.res.on("error", failed);
    return run(ctx).catch(failed);
  }
}

/** What a route gets once a request has passed the gate. */
export interface Passed {
  readonly incoming: Incoming;
  readonly caller: Caller;
  readonly reply: HttpReply;
  /** Counts the bytes of the body. */
  readonly hold: Hold;
  /** The protocol of the chat, whose shape errors have. */
  readonly protocol: Protocol | undefined;
}

/** Every request passes here, whatever its path: it gets an id, is checked, and gets its caller. */
export function gate(
  core: Core,
  paths: Paths,
  open: OpenRequests,
  loads: CallerLoads,
  senderOf: SenderOf,
): Middleware<Passed> {
  return async (ctx, next: Next) => {
    ctx.respond = false;
    const fault = requestFault(ctx.req);
    // Nothing can read it, so its error has the path of none.
    if (fault !== undefined) ctx.req.url = "/";
    ctx.path = paths.normalise(ctx.path);
    const { incoming, reply, ticket } = arrive(core, ctx, { open, loads, senderOf, paths });
    try {
      if (fault !== undefined) throw fault;
      await check(core, incoming);
      if (ctx.method === "OPTIONS") return reply.empty(204);
      const caller = await authenticate(core, incoming);
      ticket.enter(caller);
      const { hold } = ticket;
      ctx.state = { incoming, reply, caller, hold, protocol: undefined } satisfies Passed;
      await next();
      if (ctx.routeMatched !== true) throw paths.missing(ctx.method, ctx.path, ctx.host);
    } catch (thrown) {
      const error = AgproxyError.from(thrown);
      report(core, incoming, error);
      tell(error, incoming, reply, ctx.state.protocol ?? paths.errorWireOf(incoming));
    }
  };
}

/** What the requests of a gateway share. */
interface Shared {
  readonly open: OpenRequests;
  readonly loads: CallerLoads;
  readonly senderOf: SenderOf;
  readonly paths: Paths;
}

/** Tells a client that nothing went out to yet, in the shape of its API. */
function tell(
  error: AgproxyError,
  incoming: Incoming,
  reply: HttpReply,
  wire: Partial<ErrorWire> | undefined,
): void {
  reply.error(error, wire?.error?.(error, incoming) ?? errorBody(error), wire?.status?.(error));
}

function arrive({ hooks }: Core, ctx: Context, { open, loads, senderOf, paths }: Shared) {
  const { req, res } = ctx;
  const request = open.open((error) => tell(error, incoming, reply, paths.errorWireOf(incoming)));
  const { abort } = request;
  const ticket = new Ticket(loads, "requests");
  res.on("close", () => {
    open.close(request);
    ticket.leave();
    if (!res.writableFinished) abort.abort();
  });
  const reply = new HttpReply(res, abort.signal, (status) => {
    if (hooks.beforeAnswer.isUsed()) hooks.beforeAnswer.call({ incoming, status });
  });
  const { path, querystring: search } = ctx;
  const { signal } = abort;
  const arrived = { message: req, sender: senderOf(req), path, search, signal };
  const incoming = newIncoming(arrived, (name, value) => reply.setHeader(name, value));
  return { incoming, reply, ticket };
}

/** Runs `beforeAuth`. Throws the refusal. */
export function check({ hooks }: Core, incoming: Incoming): void | Promise<void> {
  return hooks.beforeAuth.promise(incoming);
}

/** Who a request is from. Throws `invalid_api_key` where no plugin knows. */
export async function authenticate(core: Core, incoming: Incoming): Promise<Caller> {
  for (const find of core.sessions) {
    const known = find(incoming);
    if (known !== undefined) return known;
  }
  const hook = core.hooks.authenticate;
  if (!hook.isUsed()) return anonymous;
  const caller = await hook.promise(incoming);
  if (caller === undefined) throw new AgproxyError("invalid_api_key");
  return caller;
}

/** Logs one line for a request that was refused before it became an exchange. */
export function report(core: Core, incoming: Incoming, error: AgproxyError): void {
  const { status, code, message: reason, advice, cause } = error;
  const { id, method, path, remoteAddress: address } = incoming;
  const line = { id, address, method, path, status, error: code, reason, advice, err: cause };
  core.log[severityOf(error)](line, "refused");
}

/** A request that has arrived. */
interface Arrived {
  readonly message: IncomingMessage;
  readonly sender: Sender;
  readonly path: string;
  readonly search: string;
  readonly signal: AbortSignal;
}

/** The `Incoming` of a request that has arrived. `setHeader` gets the headers of its answer. */
export function newIncoming(
  { message, sender, path, search, signal }: Arrived,
  setHeader: Incoming["setHeader"],
): Incoming {
  let ignored: Set<string> | undefined;
  let listed = "";
  const set = (name: string, value: string) => {
    // Throws to the plugin at fault; in `writeHead` it would be too late for that.
    validateHeaderName(name);
    setHeader(name, headerSafe(value));
  };
  const incoming: Incoming = {
    id: randomUUID(),
    method: message.method ?? "",
    path,
    // Not a getter: it would keep the request in memory (docs/decisions/0011-short-lives.md).
    query: search === "" ? noQuery : new URLSearchParams(search),
    headers: message.headers,
    remoteAddress: sender.address,
    protocol: sender.protocol,
    receivedAt: Date.now(),
    signal,
    setHeader: set,
    noteIgnored(field) {
      ignored ??= new Set();
      if (listed.length > maxHeaderCharacters || ignored.has(field)) return;
      ignored.add(field);
      listed = listed === "" ? field : `${listed}, ${field}`;
      set("X-Agproxy-Ignored", listed);
    },
  };
  setHeader("X-Request-Id", incoming.id);
  return incoming;
}

const noQuery: Incoming["query"] = new URLSearchParams();

const maxHeaderCharacters = 1024;

/** Model names and labels may have any characters, and a header takes only visible ASCII. */
function headerSafe(value: string): string {
  const isSafe = value.length <= maxHeaderCharacters && !/[^\x20-\x7e]/.test(value);
  return isSafe ? value : value.slice(0, maxHeaderCharacters).replaceAll(/[^\x20-\x7e]/g, "?");
}

/** What is wrong with a request that Node reads, and that nothing after it could take in one sense only. */
export function requestFault({
  url = "",
  rawHeaders,
  httpVersion,
}: IncomingMessage): AgproxyError | undefined {
  const count = hosts(rawHeaders);
  if (count === 0 && httpVersion === "1.1") {
    return new AgproxyError("unreadable_request", "The request has no `Host` header.");
  }
  if (count > 1) {
    const advice = "Whatever stands between the client and agproxy may not add a second one.";
    return new AgproxyError("unreadable_request", "The request has several `Host` headers.", {
      advice,
    });
  }
  const isPath = url.startsWith("/") || url === "*";
  if (isPath || (/^https?:\/\//i.test(url) && URL.canParse(url))) return undefined;
  const message = "The target of the request is neither a path nor a URL.";
  return new AgproxyError("unreadable_request", message);
}

function hosts(rawHeaders: readonly string[]): number {
  let found = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") found += 1;
  }
  return found;
}
