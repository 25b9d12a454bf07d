import type { ChatEvent, ChatStream, Usage } from "../vocabulary/answer.ts";
import { isMalformed, refuseMalformed } from "./attempt.ts";
import { answerOf } from "../vocabulary/collect.ts";
import { AgproxyError, left } from "../errors/agproxy-error.ts";
import type { Encoder, Reply } from "../hooks/protocol.ts";
import { watchSilence } from "./silence.ts";

/** What went out. */
export interface Delivered {
  readonly usage?: Usage;
  readonly error?: AgproxyError;
  /** Whether the client was told of the error, in the stream. */
  readonly isTold: boolean;
}

/** What arrived together leaves in one write; the next read waits until the client has room. */
export async function stream(
  events: ChatStream,
  encoder: Encoder,
  reply: Reply,
): Promise<Delivered> {
  const voice = watchSilence(encoder, reply);
  let usage: Usage | undefined;
  try {
    for await (const batch of events) {
      const sifted = sift(batch);
      usage = sifted.usage ?? usage;
      const frames = encoder.batch(sifted.good);
      const drained = frames === "" ? undefined : voice.write(frames);
      if (drained !== undefined) await drained;
      if (sifted.good !== batch) refuseMalformed(batch);
    }
    reply.end(await encoder.end());
    return delivered(usage);
  } catch (thrown) {
    const error = reply.gone ? left(thrown) : AgproxyError.from(thrown);
    const isTold = reply.started;
    if (isTold) reply.end(await encoder.fail(error));
    return { ...delivered(usage), error, isTold };
  } finally {
    voice.stop();
  }
}

function delivered(usage: Usage | undefined): Delivered {
  return usage === undefined ? { isTold: false } : { usage, isTold: false };
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
): Promise<Delivered> {
  const answer = answerOf(events);
  try {
    reply.whole(await encoder.whole(answer));
    return delivered(answer.usage);
  } catch (thrown) {
    const error = reply.gone ? left(thrown) : AgproxyError.from(thrown);
    return { ...delivered(answer.usage), error };
  }
}
