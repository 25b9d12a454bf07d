import type { ChatEvent, ChatStream } from "../vocabulary/answer.ts";
import { stallError } from "../http/http-error.ts";

type Batches = AsyncIterator<readonly ChatEvent[]>;

const sweepIntervalMs = 500;

/** What waits for an event of an upstream. */
interface Waiting {
  sweeps: number;
  readonly limitSweeps: number;
  fail(): void;
}

/** One timer serves all streams. It runs only while one of them waits. */
const waiting = new Set<Waiting>();
let timer: NodeJS.Timeout | undefined;

function sweep(): void {
  for (const one of waiting) {
    one.sweeps += 1;
    if (one.sweeps > one.limitSweeps) one.fail();
  }
  if (waiting.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/**
 * The same stream, which fails where no event comes for `idleMs` while one is waited for. Comments and keep-alive frames
 * are read and make no event, so they do not count as life: an upstream could send them forever.
 */
export function failWhereSilent(stream: ChatStream, idleMs: number): ChatStream {
  return { [Symbol.asyncIterator]: () => watched(stream[Symbol.asyncIterator](), idleMs) };
}

function watched(batches: Batches, idleMs: number): Batches {
  let failure: ((error: unknown) => void) | undefined;
  const own: Waiting = {
    sweeps: 0,
    limitSweeps: Math.ceil(idleMs / sweepIntervalMs),
    fail() {
      waiting.delete(own);
      failure?.(stallError(idleMs));
      // Nobody calls `return` on a stream that failed. A generator's own waits for the read that never ends.
      void batches.return?.().catch(() => {});
    },
  };
  const arrived = (step: IteratorResult<readonly ChatEvent[]>) => {
    waiting.delete(own);
    if (step.done === true || step.value.length > 0) own.sweeps = 0;
    return step;
  };
  return {
    next: () =>
      new Promise((resolve, reject) => {
        failure = reject;
        waiting.add(own);
        timer ??= setInterval(sweep, sweepIntervalMs).unref();
        batches.next().then(
          (step) => resolve(arrived(step)),
          (thrown: unknown) => {
            waiting.delete(own);
            reject(thrown);
          },
        );
      }),
    async return(value) {
      waiting.delete(own);
      // After a failure it has begun, and may never end.
      if (own.sweeps <= own.limitSweeps) await batches.return?.(value);
      return { done: true, value };
    },
  };
}
