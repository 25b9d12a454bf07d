import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Limits } from "../hooks/server-settings.ts";
import type { Caller } from "../hooks/stages.ts";

type Kind = "requests" | "sockets" | "messages";

/** What a caller has under way. */
interface Load {
  requests: number;
  sockets: number;
  /** Of WebSockets. Each connection bounds its own; here only their bytes are. */
  messages: number;
  bytes: number;
}

const retryAfterMs = 1000;

/** The bodies of all callers together may take so many times what those of one may. */
const callersAtLimit = 2;

/** How long a body waits for memory that others hold. */
const memoryWaitMs = 2000;

/**
 * What all callers have under way, so that none takes what the others need. Who has nothing under way has no entry, so
 * it needs no bound of its own.
 */
export class CallerLoads {
  #limits: Limits;
  readonly #loads = new Map<string, Load>();
  #bytes = 0;
  /** Called when memory becomes free. */
  readonly #waiting = new Set<() => void>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** From now on; what is under way stays. */
  setLimits(limits: Limits): void {
    this.#limits = limits;
  }

  /** How many callers have something under way. */
  get size(): number {
    return this.#loads.size;
  }

  /** Counts one more. Throws `caller_limit_reached`. */
  enter({ id }: Caller, kind: Kind): void {
    const load = this.#loads.get(id) ?? { requests: 0, sockets: 0, messages: 0, bytes: 0 };
    if (kind !== "messages" && load[kind] >= this.#limits[kind]) {
      throw tooMany(kind, this.#limits[kind]);
    }
    load[kind] += 1;
    this.#loads.set(id, load);
  }

  /** Counts one less. */
  leave({ id }: Caller, kind: Kind): void {
    const load = this.#loads.get(id);
    if (load === undefined) return;
    load[kind] -= 1;
    if (load.requests + load.sockets + load.messages === 0) this.#loads.delete(id);
  }

  /** Frees memory that was held. */
  release({ id }: Caller, bytes: number): void {
    if (bytes === 0) return;
    const load = this.#loads.get(id);
    if (load !== undefined) load.bytes -= bytes;
    this.#bytes -= bytes;
    for (const wake of this.#waiting) wake();
  }

  /**
   * Counts memory for a body that has `own` bytes so far. One alone always has room. Throws `caller_limit_reached`, and `overloaded` where the
   * memory that others hold does not become free in time.
   */
  hold({ id }: Caller, own: number, bytes: number, isOver: () => boolean): void | Promise<void> {
    const load = this.#loads.get(id);
    if (load === undefined) return undefined;
    if (load.bytes > own && load.bytes + bytes > this.#limits.bodyBytes) {
      throw tooMany("bodyBytes", this.#limits.bodyBytes);
    }
    const hasRoom = () =>
      this.#bytes === own || this.#bytes + bytes <= this.#limits.bodyBytes * callersAtLimit;
    if (!hasRoom()) return this.#wait(hasRoom, isOver, () => this.#add(load, bytes));
    this.#add(load, bytes);
    return undefined;
  }

  #add(load: Load, bytes: number): void {
    load.bytes += bytes;
    this.#bytes += bytes;
  }

  /** One whose client has left meanwhile (`isOver`) gets no memory: nobody would free it. */
  #wait(hasRoom: () => boolean, isOver: () => boolean, add: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
      };
      const wake = () => {
        if (!isOver() && !hasRoom()) return;
        stop();
        if (!isOver()) add();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new AgproxyError("overloaded", undefined, { retryAfter: retryAfterMs }));
      }, memoryWaitMs);
      this.#waiting.add(wake);
    });
  }
}

const words = {
  requests: "requests under way",
  sockets: "WebSockets open",
  bodyBytes: "bytes of request bodies under way",
} as const;

function tooMany(kind: keyof typeof words, limit: number): AgproxyError {
  return new AgproxyError(
    "caller_limit_reached",
    `This API key has more than ${limit} ${words[kind]}.`,
    { retryAfter: retryAfterMs, details: { limit: `limits.${kind}` } },
  );
}

/** Adds to what a request holds in memory. May throw, or reject, as `CallerLoads.hold` does. */
export type Hold = (bytes: number) => void | Promise<void>;

/** One request, one WebSocket, or one message of such, in its caller's account. */
export class Ticket {
  readonly #loads: CallerLoads;
  readonly #kind: Kind;
  #caller: Caller | undefined;
  #bytes = 0;
  #isOver = false;

  constructor(loads: CallerLoads, kind: Kind) {
    this.#loads = loads;
    this.#kind = kind;
  }

  /** Throws `caller_limit_reached`. */
  enter(caller: Caller): void {
    if (this.#isOver) return;
    this.#loads.enter(caller, this.#kind);
    this.#caller = caller;
  }

  readonly hold: Hold = (bytes) => {
    const caller = this.#caller;
    if (caller === undefined) return undefined;
    const held = this.#loads.hold(caller, this.#bytes, bytes, () => this.#isOver);
    const note = () => {
      if (!this.#isOver) this.#bytes += bytes;
    };
    if (held !== undefined) return held.then(note);
    note();
    return undefined;
  };

  /** The request or the connection is over. */
  leave(): void {
    this.#isOver = true;
    if (this.#caller === undefined) return;
    this.#loads.release(this.#caller, this.#bytes);
    this.#loads.leave(this.#caller, this.#kind);
    this.#caller = undefined;
  }
}
