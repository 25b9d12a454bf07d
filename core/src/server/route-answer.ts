import type { ServerResponse } from "node:http";
import { AgproxyError, abortError } from "../errors/agproxy-error.ts";
import { FileBody } from "../hooks/protocol.ts";
import type { RouteResult } from "../hooks/route.ts";
import type { Incoming } from "../hooks/stages.ts";
import { blame } from "../hooks/tap-guard.ts";
import { isObject } from "../kit/fields.ts";
import type { HttpReply } from "../request/reply.ts";

/** A route, and whose it is, for what is wrong with its answers. */
export interface OwnedRoute {
  readonly owner: string;
  /** Such as `GET /notes/:name`. */
  readonly route: string;
}

/** What a route answers that is no chat. */
type PlainResult = Exclude<RouteResult, { readonly chat: unknown }>;

/** Runs a route. A failure that is not meant for the client, or an answer that is none, names plugin and route. */
export async function routeResult(
  { owner, route }: OwnedRoute,
  answer: () => Promise<RouteResult>,
): Promise<RouteResult> {
  try {
    const result: unknown = await answer();
    if (isRouteResult(result)) return result;
    throw new TypeError(
      "a route must answer with { body }, { stream } or { chat }, a status from 200 to 599, and headers that are not the connection's",
    );
  } catch (thrown) {
    throw blamed(thrown, { owner, route });
  }
}

/** What a route threw, with its name and the plugin's where it is not meant for the client. */
export function blamed(thrown: unknown, { owner, route }: OwnedRoute): AgproxyError {
  const error = AgproxyError.from(thrown);
  return error.code === "internal_error" ? blame(thrown, route, owner) : error;
}

/** Those that say where an answer ends are set by agproxy. */
const framing: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);

function isRouteResult(result: unknown): result is RouteResult {
  if (!isObject(result)) return false;
  const { status = 200, headers = {}, stream } = result;
  if (typeof status !== "number" || !(status >= 200 && status <= 599)) return false;
  if (!isObject(headers)) return false;
  const areHeaders = Object.entries(headers).every(
    ([name, value]) => typeof value === "string" && !framing.has(name.toLowerCase()),
  );
  const isAnswer = ["body", "chat"].some((key) => key in result) || isIterable(stream);
  return areHeaders && isAnswer;
}

function isIterable(stream: unknown): boolean {
  return typeof stream === "object" && stream !== null && Symbol.asyncIterator in stream;
}

function isPiece(piece: unknown): boolean {
  return typeof piece === "string" || piece instanceof Uint8Array;
}

/** Statuses whose answers have no body. Source: https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

/** Sends what a route answered. */
export async function sendResult(
  result: PlainResult,
  own: OwnedRoute,
  { incoming, reply, response }: Asked,
): Promise<void> {
  const { status = 200, headers = {} } = result;
  let type: string | undefined;
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === "content-type") type = value;
    else setHeader(incoming, name, value, own);
  }
  if ("stream" in result) {
    reply.openStream(status, type);
    await relay(result.stream, own, { incoming, reply, response });
  } else if (bodiless.has(status) || result.body === undefined) reply.empty(status);
  else sendBody(result.body, status, type, reply);
}

interface Asked {
  readonly incoming: Incoming;
  readonly reply: HttpReply;
  readonly response: ServerResponse;
}

function setHeader(incoming: Incoming, name: string, value: string, own: OwnedRoute): void {
  try {
    incoming.setHeader(name, value);
  } catch (thrown) {
    throw blamed(thrown, own);
  }
}

/** A file under its own type, text with a type and bytes as they are, anything else as JSON. */
function sendBody(body: unknown, status: number, type: string | undefined, reply: HttpReply): void {
  if (body instanceof FileBody) reply.send(status, type ?? body.contentType, body.bytes);
  else if (body instanceof Uint8Array) reply.send(status, type ?? "application/octet-stream", body);
  else if (typeof body === "string" && type !== undefined) reply.send(status, type, body);
  else reply.json(status, body, type);
}

/**
 * Writes a stream as fast as the client reads it, until the connection closes: the client left, or the request's time is up
 * and the route does not end by itself.
 */
async function relay(
  stream: AsyncIterable<string | Uint8Array>,
  own: OwnedRoute,
  { incoming, reply, response }: Asked,
): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  let giveUp: (() => void) | undefined;
  response.once("close", () => giveUp?.());
  const next = () =>
    new Promise<IteratorResult<string | Uint8Array>>((resolve, reject) => {
      giveUp = () => reject(abortError(incoming.signal));
      if (response.destroyed) giveUp();
      else pieces.next().then(resolve, (thrown: unknown) => reject(blamed(thrown, own)));
    });
  try {
    for (let step = await next(); step.done !== true; step = await next()) {
      if (!isPiece(step.value)) throw blamed(new TypeError("a stream has texts or bytes"), own);
      await reply.write(step.value);
    }
    reply.end("");
  } catch (thrown) {
    // Not awaited: a generator that waits for something else returns only after that.
    void pieces.return?.()?.catch(() => {});
    // To leave a stream is how most clients end one: nothing to log.
    if (!reply.gone) throw thrown;
  }
}
