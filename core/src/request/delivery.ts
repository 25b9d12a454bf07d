import type { ChatEvent, ChatStream, Usage } from "../vocabulary/answer.ts";
import { isMalformed, refuseMalformed } from "./attempt.ts";
import { answerOf } from "../vocabulary/collect.ts";
import { AgproxyError, left } from "../errors/agproxy-error.ts";
import type { Encoder, Reply } from "../hooks/protocol.ts";
import { watchSilence } from "./silence.ts";
import type { Seen } from "./summary.ts";

/** What arrived together leaves in one write; the next read waits until the client has room. */
export async function stream(
  events: ChatStream,
  encoder: Encoder,
  reply: Reply,
  seen: Seen,
): Promise<void> {
  const voice = watchSilence(encoder, reply);
  try {
    for await (const batch of events) {
      const { good, usage } = sift(batch);
      if (usage !== undefined) seen.usage = usage;
      const frames = encoder.batch(good);
      const drained = frames === "" ? undefined : voice.write(frames);
      if (drained !== undefined) await drained;
      if (good !== batch) refuseMalformed(batch);
    }
    reply.end(await encoder.end());
  } catch (thrown) {
    if (!reply.started) throw thrown;
    seen.error = reply.gone ? left(thrown) : AgproxyError.from(thrown);
    reply.end(await encoder.fail(seen.error));
  } finally {
    voice.stop();
  }
}

/** A batch up to a call that the model failed to write, and the usage in it. */
function sift(batch: readonly ChatEvent[]): { good: readonly ChatEvent[]; usage?: Usage } {
  let usage: Usage | undefined;
  let good = batch;
  let index = 0;
  for (const event of batch) {
    if (event.type === "usage") usage = event.usage;
    else if (isMalformed(event)) good = batch.slice(0, index);
    index += 1;
  }
  return usage === undefined ? { good } : { good, usage };
}

/** A whole answer, in one piece. */
export async function deliver(
  events: readonly ChatEvent[],
  encoder: Encoder,
  reply: Reply,
  seen: Seen,
): Promise<void> {
  const answer = answerOf(events);
  if (answer.usage !== undefined) seen.usage = answer.usage;
  reply.whole(await encoder.whole(answer));
}
