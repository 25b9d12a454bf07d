import { AgproxyError } from "../errors/agproxy-error.ts";
import type { ChatEvent, ChatStream } from "../vocabulary/answer.ts";
import { stallError } from "../http/http-error.ts";
import { type Member, nowhere, Roster } from "./roster.ts";

/** Time limits are kept by sweeps, of all requests and of all streams: a timer object for each would cost more. */
const sweepIntervalMs = 500;

/** How long a request that is ended may take to tell its client. */
const farewellMs = 5000;

/** Answers a request whose plugins do not stop when they are told to. */
type Overdue = (error: AgproxyError) => void;

/** A request under way. */
export interface OpenRequest extends Member {
  readonly abort: AbortController;
  /** As `performance.now()`. */
  endsAt: number;
  readonly overdue: Overdue;
}

/**
 * The requests under way, so that a gateway that stops can end each of them with a reason, and none takes longer than
 * `limitMs`. One timer serves them all.
 */
export class OpenRequests {
  readonly #requests = new Roster<OpenRequest>();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Work of plugins that no request waits for, such as a background run. */
  #works = 0;
  readonly #idle = new Set<() => void>();

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** One more request, which counts as open until `close` is called with it. Without `overdue` it has no deadline. */
  open(overdue?: Overdue): OpenRequest {
    const request: OpenRequest = {
      place: nowhere,
      abort: new AbortController(),
      endsAt: overdue === undefined ? Infinity : performance.now() + this.#limitMs,
      overdue: overdue ?? (() => {}),
    };
    this.#requests.add(request);
    this.#timer ??= setInterval(() => this.#sweep(), sweepIntervalMs).unref();
    return request;
  }

  /** How many are under way. */
  get size(): number {
    return this.#requests.size;
  }

  close(request: OpenRequest): void {
    this.#requests.remove(request);
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
    return this.#until(() => this.#requests.size + this.#works === 0);
  }

  /** Aborts all requests. Resolves once they are answered. */
  async end(reason: AgproxyError): Promise<void> {
    this.#requests.each(({ abort }) => abort.abort(reason));
    await this.#until(() => this.#requests.size === 0);
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
    this.#requests.each((request) => {
      const { abort, endsAt, overdue } = request;
      if (endsAt > now) return;
      abort.abort(requestTimeout(this.#limitMs));
      if (endsAt + farewellMs > now) return;
      request.endsAt = Infinity;
      overdue(requestTimeout(this.#limitMs));
    });
    if (this.#requests.size > 0) return;
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
interface Waiting extends Member {
  sweeps: number;
  readonly limitSweeps: number;
  fail(): void;
}

/** The streams whose next event is waited for. The timer runs only while there are any. */
const waiting = new Roster<Waiting>();
let timer: NodeJS.Timeout | undefined;

function sweepStreams(): void {
  waiting.each((one) => {
    one.sweeps += 1;
    if (one.sweeps > one.limitSweeps) one.fail();
  });
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
    place: nowhere,
    sweeps: 0,
    limitSweeps: Math.ceil(idleMs / sweepIntervalMs),
    fail() {
      waiting.remove(own);
      failure?.(stallError(idleMs));
      // Nobody calls `return` on a stream that failed. A generator's own waits for the read that never ends.
      void batches.return?.().catch(() => {});
    },
  };
  const arrived = (step: IteratorResult<readonly ChatEvent[]>) => {
    waiting.remove(own);
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
            waiting.remove(own);
            reject(thrown);
          },
        );
      }),
    async return(value) {
      waiting.remove(own);
      // After a failure it has begun, and may never end.
      if (own.sweeps <= own.limitSweeps) await batches.return?.(value);
      return { done: true, value };
    },
  };
}
