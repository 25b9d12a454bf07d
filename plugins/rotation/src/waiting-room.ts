import { type Caller, type Candidate, firstRecovery } from "@agproxy/core";
import type { ExchangeState } from "./states.ts";
import type { Clock } from "./chance.ts";
import { WaitingLine } from "./waiting-line.ts";

/** Whoever comes to a line of so many is told at once. */
const maxWaiting = 10_000;

/** With another model at hand, nobody waits longer for the first, in milliseconds. */
const shortWaitMs = 1000;

/** Who waits, and for what. */
interface Waiter {
  readonly key: string;
  readonly state: ExchangeState;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** The lines of those who wait for an account, one for each model. */
export class WaitingRoom {
  readonly #lines = new Map<string, WaitingLine>();
  /** The moments at which something may have become free. */
  readonly #changes = { count: 0, happened: () => this.changed() };
  readonly #maxWaitMs: number;
  readonly #clock: Clock;

  constructor(maxWaitMs: number, clock: Clock) {
    this.#maxWaitMs = maxWaitMs;
    this.#clock = clock;
  }

  /** Whether others came before an exchange. Notes what it has seen if not, because it looks for an account now. */
  isFullFor(model: string, state: ExchangeState): boolean {
    const isFull = this.#lines.get(model)?.isBefore(state.ticket) ?? false;
    state.seen = isFull ? -1 : this.#changes.count;
    return isFull;
  }

  /** Whether an account is expected back so soon that it is worth waiting although another model is at hand. */
  isShort(candidates: readonly Candidate[]): boolean {
    const recovery = firstRecovery(candidates);
    return recovery !== undefined && recovery - this.#clock.now() <= shortWaitMs;
  }

  /** Waits until an account may be free; false where that takes too long or the client has left. */
  async wait(candidates: readonly Candidate[], waiter: Waiter): Promise<boolean> {
    const { key, state, caller, signal } = waiter;
    const steady = this.#clock.steady();
    const { order, seen } = state;
    const endsAt = steady + this.#maxWaitMs;
    const ticket = (state.ticket ??= { caller: caller.id, order, endsAt });
    const leftMs = ticket.endsAt - steady;
    const until = firstRecovery(candidates);
    const isBusy = candidates.some(({ passedOver }) => passedOver?.isBusy === true);
    const isInTime = isBusy || (until !== undefined && until - this.#clock.now() <= leftMs);
    const line = this.#lines.get(key) ?? new WaitingLine(this.#clock, this.#changes);
    if (!isInTime || leftMs <= 0 || line.size >= maxWaiting || signal.aborted) {
      return false;
    }
    this.#lines.set(key, line);
    state.line = line;
    return line.wait({ ticket, signal, seen, until });
  }

  /** An exchange has an account, or gives up: the next in its line may look, and of the lines this one is the last. */
  served({ ticket, line }: ExchangeState): void {
    if (ticket === undefined || line === undefined) return;
    for (const [model, other] of this.#lines) {
      if (other !== line) continue;
      this.#lines.delete(model);
      this.#lines.set(model, line);
      break;
    }
    line.passed(ticket);
  }

  /** How many wait for each model. */
  sizes(): Readonly<Record<string, number>> {
    const sizes = [...this.#lines].map(([model, { size }]) => [model, size] as const);
    return Object.fromEntries(sizes.filter(([, size]) => size > 0));
  }

  /** Something may have become free. */
  changed(): void {
    this.#changes.count += 1;
    for (const [model, line] of this.#lines) {
      if (line.isOver) this.#lines.delete(model);
      else line.wake();
    }
  }
}
