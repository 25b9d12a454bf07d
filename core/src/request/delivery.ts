import type { ChatEvent, ChatStream, Usage } from "../vocabulary/answer.ts";
import { isMalformed, refuseMalformed } from "./attempt.ts";
import { answerOf } from "../vocabulary/chat-stream.ts";
import { AgproxyError, left } from "../errors/agproxy-error.ts";
import type { Encoder, Reply } from "../hooks/protocol.ts";

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

/** How long a stream may be silent before it shows life, in milliseconds. */
const quietAfterMs = 15_000;

interface Voice {
  write(frames: string): Promise<void> | undefined;
  stop(): void;
}

interface Watched extends Voice {
  /** Whether something was written since the last sweep. */
  spoke: boolean;
  /** Whether the client has yet to take what was written. */
  busy: boolean;
  sweep(): void;
}

const open = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches a stream for silence. One timer serves all streams: a sweep every `quietAfterMs` ms lets those speak
 * that have not since the last one, so silence lasts between one and two periods. Nothing is sent before
 * the first frames, and nothing to a client that does not read.
 */
export function watchSilence(encoder: Encoder, reply: Reply): Voice {
  if (encoder.idle === undefined) return { write: (frames) => reply.write(frames), stop: () => {} };
  const watched: Watched = {
    spoke: true,
    busy: false,
    write(frames) {
      watched.spoke = true;
      const drained = reply.write(frames);
      if (drained === undefined) return undefined;
      watched.busy = true;
      return drained.finally(() => (watched.busy = false));
    },
    sweep() {
      const frames =
        watched.spoke || watched.busy || !reply.started ? "" : (encoder.idle?.() ?? "");
      watched.spoke = false;
      if (frames !== "" && !reply.gone) void reply.write(frames)?.catch(() => {});
    },
    stop() {
      open.delete(watched);
      if (open.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
  open.add(watched);
  timer ??= setInterval(sweep, quietAfterMs).unref();
  return watched;
}

function sweep(): void {
  for (const watched of open) watched.sweep();
}
