import { randomBytes } from "node:crypto";
import type { ChatStream } from "./answer.ts";
import type { ChatRequest } from "./chat.ts";
import { attempts, isMalformed, refuseMalformed, type Trail } from "./attempt.ts";
import { collect } from "./collect.ts";
import type { Core } from "./core.ts";
import { AgproxyError } from "./errors.ts";
import type { Encoder, Protocol, RouteRequest } from "./plugin.ts";
import type { Reply } from "./reply.ts";
import type { Exchange } from "./stages.ts";
import { finish, type Seen } from "./summary.ts";

/** One chat, from the gate to the last event. What it throws came before the exchange; the gate answers it. */
export async function chat(
  core: Core,
  protocol: Protocol,
  route: RouteRequest,
  reply: Reply,
): Promise<void> {
  const { incoming, caller } = route;
  const { request, ignored = [] } = protocol.decode(await route.json(), incoming);
  if (ignored.length > 0) incoming.setHeader("X-Agproxy-Ignored", ignored.join(", "));
  const model = await resolve(core, request, route);
  incoming.setHeader("X-Mapped-Model", headerSafe(model));
  const exchange: Exchange = { incoming, caller, protocol: protocol.name, request, model };
  const encoder = protocol.encoder(exchange, stamp());
  const trail: Trail = [];
  const seen: Seen = {};
  try {
    const { events } = await attempts(core, exchange, trail);
    if (request.stream) await stream(events, encoder, reply, seen);
    else await whole(events, encoder, reply, seen);
  } catch (thrown) {
    seen.error = incoming.signal.aborted ? left(thrown) : AgproxyError.from(thrown);
    if (reply.started) reply.end(encoder.fail(seen.error));
    else reply.error(seen.error, protocol.error(seen.error));
  } finally {
    finish(core, exchange, trail, seen);
  }
}

function stamp(): { id: string; created: number } {
  return { id: randomBytes(18).toString("base64url"), created: Math.floor(Date.now() / 1000) };
}

function left(cause: unknown): AgproxyError {
  return new AgproxyError("client_closed_request", undefined, { cause });
}

/** Model names come from clients; a header takes only visible ASCII. */
function headerSafe(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, 256);
}

async function resolve(core: Core, request: ChatRequest, route: RouteRequest): Promise<string> {
  const { resolveModel } = core.hooks;
  const mapped = resolveModel.isUsed()
    ? await resolveModel.promise(request.model, route.incoming)
    : undefined;
  return mapped ?? request.model;
}

/** What arrived together leaves in one write; the next read waits until the client has room. */
async function stream(
  events: ChatStream,
  encoder: Encoder,
  reply: Reply,
  seen: Seen,
): Promise<void> {
  for await (const batch of events) {
    let good = batch;
    for (const [index, event] of batch.entries()) {
      if (event.type === "usage") seen.usage = event.usage;
      else if (isMalformed(event)) good = batch.slice(0, index);
    }
    const frames = encoder.batch(good);
    if (frames !== "") await reply.write(frames);
    if (good !== batch) refuseMalformed(batch);
  }
  reply.end(encoder.end());
}

async function whole(
  events: ChatStream,
  encoder: Encoder,
  reply: Reply,
  seen: Seen,
): Promise<void> {
  const answer = await collect(events);
  if (answer.usage !== undefined) seen.usage = answer.usage;
  reply.json(200, encoder.whole(answer));
}
