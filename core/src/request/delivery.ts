import type { ChatEvent, ChatStream, Usage } from "../vocabulary/answer.ts";
import { isMalformed, refuseMalformed } from "./attempt.ts";
import { answerOf } from "../vocabulary/chat-stream.ts";
import { AgproxyError, abortError } from "../errors/agproxy-error.ts";
import type { Encoder, Reply } from "../hooks/protocol.ts";
import { type Member, nowhere, Roster } from "./roster.ts";

/** What became of an answer on its way to the client. */
export interface Delivered {
  readonly usage?: Usage;
  readonly error?: AgproxyError;
  /** Whether the client got the error, in the stream. */
  readonly isTold: boolean;
}

/** Streams an answer: each batch is one write, and the next read waits until the client has room (backpressure). */
export async function stream(
  events: ChatStream,
  encoder: Encoder,
  reply: Reply,
  signal: AbortSignal,
): Promise<Delivered> {
  const output = keepAlive(encoder, reply);
  if (encoder.streamType !== undefined) reply.openStream?.(200, encoder.streamType);
  let usage: Usage | undefined;
  try {
    for await (const batch of events) {
      const seen = inspect(batch);
      usage = seen.usage ?? usage;
      const frames = encoder.batch(seen.good);
      const drained = frames === "" ? undefined : output.write(frames);
      if (drained !== undefined) await drained;
      if (seen.good !== batch) refuseMalformed(batch);
    }
    reply.end(await encoder.end());
    return delivered(usage);
  } catch (thrown) {
    const error = signal.aborted ? abortError(signal, thrown) : AgproxyError.from(thrown);
    const isTold = reply.started;
    if (isTold) reply.end(await encoder.fail(error));
    return { ...delivered(usage), error, isTold };
  } finally {
    output.stop();
  }
}

function delivered(usage: Usage | undefined): Delivered {
  return usage === undefined ? { isTold: false } : { usage, isTold: false };
}

/** A batch up to a tool call that the model failed to write, and the usage in it. */
function inspect(batch: readonly ChatEvent[]): { good: readonly ChatEvent[]; usage?: Usage } {
  let usage: Usage | undefined;
  let good = batch;
  let index = 0;
  for (const event of batch) {
    if (event.type === "usage") usage = event.usage;
    else if (!isChoice(event.choice)) throw new TypeError(`an event of choice ${event.choice}`);
    else if (good === batch && isMalformed(event)) good = batch.slice(0, index);
    index += 1;
  }
  return usage === undefined ? { good } : { good, usage };
}

/** More than any client asks for. A plugin that wraps a stream may make a mistake, and encoders keep a list of choices. */
const maxChoices = 10_000;

function isChoice(choice: number): boolean {
  return Number.isInteger(choice) && choice >= 0 && choice < maxChoices;
}

/** A whole answer as its protocol writes it. */
interface EncodedAnswer {
  readonly body: unknown;
  readonly usage: Usage | undefined;
}

/** Encodes a whole answer. Throws for one that its protocol takes for a failure, which then can be tried again. */
export async function encodeWhole(
  events: readonly ChatEvent[],
  encoder: Encoder,
): Promise<EncodedAnswer> {
  inspect(events);
  const answer = answerOf(events);
  return { body: await encoder.whole(answer, events), usage: answer.usage };
}

/** Sends a whole answer in one piece. */
export function deliver({ body, usage }: EncodedAnswer, reply: Reply): Delivered {
  reply.whole(body);
  return delivered(usage);
}

/** How long a stream may be silent before it is kept alive. */
const quietAfterMs = 15_000;

/** The writing end of a stream. */
interface Output {
  write(frames: string): Promise<void> | undefined;
  stop(): void;
}

interface WatchedOutput extends Output, Member {
  /** Whether something was written since the last sweep. */
  hasWritten: boolean;
  /** Whether the client has not yet read what was written. */
  isFull: boolean;
  sweep(): void;
}

const open = new Roster<WatchedOutput>();
let timer: NodeJS.Timeout | undefined;

/**
 * Keeps a silent stream alive with the encoder's `idle` frames. One timer serves all streams: a sweep writes to those that
 * wrote nothing since the last one, so a silence lasts one to two periods. Nothing is written before the first frames,
 * because the status is still open, nor to a client that does not read.
 */
export function keepAlive(encoder: Encoder, reply: Reply): Output {
  if (encoder.idle === undefined) return { write: (frames) => reply.write(frames), stop: () => {} };
  const watched: WatchedOutput = {
    place: nowhere,
    hasWritten: true,
    isFull: false,
    write(frames) {
      watched.hasWritten = true;
      const drained = reply.write(frames);
      if (drained === undefined) return undefined;
      watched.isFull = true;
      return drained.finally(() => (watched.isFull = false));
    },
    sweep() {
      const frames =
        watched.hasWritten || watched.isFull || !reply.started ? "" : (encoder.idle?.() ?? "");
      watched.hasWritten = false;
      if (frames === "" || reply.gone) return;
      // What it throws, the stream's own next write throws too.
      watched.write(frames)?.catch(() => {});
      watched.hasWritten = false;
    },
    stop() {
      open.remove(watched);
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
  open.each((watched) => watched.sweep());
}
