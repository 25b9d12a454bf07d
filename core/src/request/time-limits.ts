import { AgproxyError } from "../errors/agproxy-error.ts";
import type { ChatEvent, ChatStream } from "../vocabulary/answer.ts";
import { stallError } from "../http/http-error.ts";

/** Time limits are kept by sweeps, of all requests and of all streams: a timer object for each would cost more. */
const sweepIntervalMs = 500;

/** How long a request that is ended may take to tell its client. */
const farewellMs = 5000;

/** Answers a request whose plugins do not stop when they are told to. */
type Overdue = (error: AgproxyError) => void;

interface Deadline {
  /** As `performance.now()`. */
  readonly endsAt: number;
  readonly overdue: Overdue;
}

/**
 * The requests under way, so that a gateway that stops can end each of them with a reason, and none takes longer than
 * `limitMs`. One timer serves them all. They are in the order of their deadlines, so a sweep looks at those that are over and
 * at one more.
 */
export class OpenRequests {
  readonly #aborts = new Set<AbortController>();
  readonly #deadlines = new Map<AbortController, Deadline>();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Work of plugins that no request waits for, such as a background run. */
  #works = 0;
  readonly #idle = new Set<() => void>();

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** An `abort` for one request, which counts as open until `closed` is called with it. Without `overdue` it has no deadline. */
  open(overdue?: Overdue): AbortController {
    const abort = new AbortController();
    this.#aborts.add(abort);
    if (overdue === undefined) return abort;
    this.#deadlines.set(abort, { endsAt: performance.now() + this.#limitMs, overdue });
    this.#timer ??= setInterval(() => this.#sweep(), sweepIntervalMs).unref();
    return abort;
  }

  closed(abort: AbortController): void {
    this.#aborts.delete(abort);
    this.#deadlines.delete(abort);
    this.#told();
  }

  /** The same promise, whose work counts as open until it is settled. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#works += 1;
    try {
      return await work;
    } finally {
      this.#works -= 1;
      this.#told();
    }
  }

  /** Resolves once nothing is open. */
  idle(): Promise<void> {
    return this.#until(() => this.#aborts.size + this.#works === 0);
  }

  /** Aborts all requests. Resolves once they are answered. */
  async end(reason: AgproxyError): Promise<void> {
    for (const abort of this.#aborts) abort.abort(reason);
    await this.#until(() => this.#aborts.size === 0);
  }

  #until(isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isOver()) return;
        this.#idle.delete(look);
        resolve();
      };
      this.#idle.add(look);
      look();
    });
  }

  #told(): void {
    for (const look of this.#idle) look();
  }

  #sweep(): void {
    const now = performance.now();
    for (const [abort, { endsAt, overdue }] of this.#deadlines) {
      if (endsAt > now) break;
      abort.abort(requestTimeout(this.#limitMs));
      if (endsAt + farewellMs > now) continue;
      this.#deadlines.delete(abort);
      overdue(requestTimeout(this.#limitMs));
    }
    if (this.#deadlines.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** The error of a request that took longer than `limitMs`. */
function requestTimeout(limitMs: number): AgproxyError {
  return new AgproxyError("request_timeout", `The request took longer than ${limitMs} ms.`);
}

type Batches = AsyncIterator<readonly ChatEvent[]>;

/** What waits for an event of an upstream. */
interface Waiting {
  sweeps: number;
  readonly limitSweeps: number;
  fail(): void;
}

/** The streams whose next event is waited for. The timer runs only while there are any. */
const waiting = new Set<Waiting>();
let timer: NodeJS.Timeout | undefined;

function sweepStreams(): void {
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
        timer ??= setInterval(sweepStreams, sweepIntervalMs).unref();
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
