import type { Clock } from "./chance.ts";

/** An exchange that waits for an account. */
export interface Ticket {
  readonly caller: string;
  /** Counts exchanges in the order in which they came. */
  readonly order: number;
  /** When it gives up, by the steady clock. */
  readonly endsAt: number;
}

interface Waiting {
  readonly ticket: Ticket;
  /** The change after which it looked last, in vain. */
  readonly seen: number;
  wake(mayTry: boolean): void;
}

/** The moments at which something may have become free. */
export interface Changes {
  /** How many there were. */
  readonly count: number;
  /** One more: wakes every line. */
  happened(): void;
}

/** What one waits for. */
export interface Wish {
  readonly ticket: Ticket;
  readonly signal: AbortSignal;
  /** `changes.count` when it looked for an account; -1 where it did not, because others came before it. */
  readonly seen: number;
  /** When something is known to change, in milliseconds since the epoch. */
  readonly until: number | undefined;
}

/** So many of one caller are woken where those before them found nothing: they may be able to go elsewhere. */
const triesPerCaller = 4;

/**
 * Those who wait for an account for one model, woken one at a time: one of each caller in turn, each caller's own in the
 * order in which they came. Whoever is woken looks for an account; if there is one, the next is woken.
 */
export class WaitingLine {
  /** In the order of turns. */
  readonly #callers = new Map<string, Waiting[]>();
  readonly #clock: Clock;
  readonly #changes: Changes;
  #size = 0;
  /** The one that is looking for an account now. */
  #turn: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  constructor(clock: Clock, changes: Changes) {
    this.#clock = clock;
    this.#changes = changes;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether nobody waits or looks any more. */
  get isOver(): boolean {
    return this.#size === 0 && this.#turn === undefined;
  }

  /** Whether an exchange has to wait because others came before it. */
  isBefore(ticket: Ticket | undefined): boolean {
    if (this.#turn !== undefined) return this.#turn.ticket !== ticket;
    return this.#size > 0;
  }

  /** Waits until it is this one's turn to look for an account; false where its time is over or the client has left. */
  wait({ ticket, signal, seen, until }: Wish): Promise<boolean> {
    return new Promise((resolve) => {
      const giveUp = () => waiting.wake(false);
      const timer = setTimeout(giveUp, Math.max(0, ticket.endsAt - this.#clock.steady()));
      const waiting: Waiting = {
        ticket,
        seen,
        wake: (mayTry) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", giveUp);
          this.#leave(waiting);
          resolve(mayTry);
        },
      };
      signal.addEventListener("abort", giveUp);
      this.#join(waiting);
      if (until !== undefined) this.#wakeAt(until);
      // It looked in vain: the others may find something.
      if (this.#turn === undefined || this.#turn.ticket === ticket) this.#next();
    });
  }

  /** An exchange has its account, or is over: the next may look. */
  passed(ticket: Ticket | undefined): void {
    if (ticket === undefined || this.#turn?.ticket !== ticket) return;
    const own = this.#callers.get(ticket.caller) ?? [];
    this.#callers.delete(ticket.caller);
    if (own.length > 0) this.#callers.set(ticket.caller, own);
    this.#next();
  }

  /** Something has changed: all may look again, one at a time. */
  wake(): void {
    if (this.#turn === undefined) this.#next();
  }

  #next(): void {
    this.#turn = this.#first();
    this.#turn?.wake(true);
    if (this.#size === 0) this.#wakeAt(Infinity);
  }

  #first(): Waiting | undefined {
    for (const own of this.#callers.values()) {
      for (const waiting of own.slice(0, triesPerCaller)) {
        if (waiting.seen !== this.#changes.count) return waiting;
      }
    }
    return undefined;
  }

  #join(waiting: Waiting): void {
    const { caller, order } = waiting.ticket;
    const own = this.#callers.get(caller) ?? [];
    this.#callers.set(caller, own);
    const place = own.findLastIndex((other) => other.ticket.order < order) + 1;
    own.splice(place, 0, waiting);
    this.#size += 1;
  }

  #leave(waiting: Waiting): void {
    const { caller } = waiting.ticket;
    const own = this.#callers.get(caller) ?? [];
    own.splice(own.indexOf(waiting), 1);
    // Whoever looks now keeps their caller's place, for the case that they look in vain.
    if (own.length === 0 && this.#turn !== waiting) this.#callers.delete(caller);
    this.#size -= 1;
  }

  /** One timer wakes the line at the earliest time at which something is known to change. */
  #wakeAt(time: number): void {
    if (time >= this.#wakesAt && time !== Infinity) return;
    clearTimeout(this.#timer);
    this.#wakesAt = time;
    if (time === Infinity) return;
    this.#timer = setTimeout(
      () => {
        this.#wakesAt = Infinity;
        this.#changes.happened();
      },
      Math.max(0, time - this.#clock.now()),
    );
  }
}
