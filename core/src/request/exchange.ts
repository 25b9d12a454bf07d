import { attempts, begun, type Trail, whole } from "./attempt.ts";
import type { Core } from "./core.ts";
import { deliver, stream } from "./delivery.ts";
import { AgproxyError, left } from "../errors/agproxy-error.ts";
import { mappedModel } from "./mapped-model.ts";
import type { Conversation, Protocol, Reply } from "../hooks/protocol.ts";
import type { Exchange } from "../hooks/stages.ts";
import { newStamp } from "../kit/stamp.ts";
import { finish, type Seen } from "./summary.ts";

/** One chat, from the gate to the last event. What it throws came before the exchange; the gate answers it. */
export async function chat(
  core: Core,
  protocol: Protocol,
  { incoming, caller, body }: Conversation,
  reply: Reply,
): Promise<void> {
  const decoded = await protocol.decode(body, incoming, caller);
  const { request, ignored = [] } = decoded;
  for (const field of ignored) incoming.noteIgnored(field);
  const model = await mappedModel(core, request.model, incoming);
  incoming.setHeader("X-Mapped-Model", model);
  const exchange: Exchange = { incoming, caller, protocol: protocol.name, request, model };
  const trail: Trail = [];
  const seen: Seen = {};
  try {
    const encoder = protocol.encoder(exchange, newStamp(), decoded);
    if (request.stream) {
      await stream(await attempts(core, exchange, trail, begun), encoder, reply, seen);
    } else await deliver(await attempts(core, exchange, trail, whole), encoder, reply, seen);
  } catch (thrown) {
    seen.error = incoming.signal.aborted ? left(thrown) : AgproxyError.from(thrown);
    reply.error(seen.error, protocol.error(seen.error));
  } finally {
    finish(core, exchange, trail, seen);
  }
}
