import type { Cost, ChatStream, Exchange, Store, Summary, Usage } from "@agproxy/core";
import { addTo, type Amounts, type Counter, correct, countersOf } from "./counter.ts";
import { PriceUnknown } from "./errors.ts";
import { estimateUsage } from "./estimate.ts";
import type { Limits } from "./limit-kinds.ts";
import { setRateHeaders, type Standing } from "./rate-headers.ts";
import { overLimit } from "./refusal.ts";
import { counted, type Seen, spentBy } from "./spent.ts";

/** What an exchange has reserved. */
interface Reservation {
  readonly counters: readonly Counter[];
  readonly amounts: Amounts;
  readonly estimate: Usage;
  readonly seen: Seen;
}

/** What a meter works with. */
export interface MeterParts {
  readonly store: Store;
  readonly cost: Cost;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Charges callers for what they use. A request counts when it begins. Its tokens are estimated and reserved then, so that many
 * at once cannot take more than is left, and corrected to what they were when it is over.
 */
export class Meter {
  readonly #parts: MeterParts;
  readonly #reservations = new WeakMap<Exchange, Reservation>();

  constructor(parts: MeterParts) {
    this.#parts = parts;
  }

  /** Charges for an exchange that begins. Throws the refusal of one that goes over a limit. */
  async begin(exchange: Exchange, limits: Limits): Promise<void> {
    const now = this.#parts.now();
    const all = countersOf(exchange.caller, limits, now);
    if (all.length === 0) return;
    const requests = all.filter(({ kind }) => kind.unit === "requests");
    const rest = all.filter(({ kind }) => kind.unit !== "requests");
    const estimate = rest.length === 0 ? unneeded : estimateUsage(exchange.request);
    const amounts = this.#amountsOf(exchange, estimate, rest);
    const charged = await this.#charge(requests, amounts, now);
    // What is refused for being one too many reserves nothing, so nobody else is refused for its sake.
    const reserved = charged.some(isOver) ? [] : await this.#charge(rest, amounts, now);
    const standings = [...charged, ...reserved];
    const over = standings.filter(isOver);
    if (over.length === 0) {
      setRateHeaders(exchange.incoming, standings, now);
      const seen = { characters: 0 };
      if (rest.length > 0)
        this.#reservations.set(exchange, { counters: rest, amounts, estimate, seen });
      return;
    }
    await this.#add(rest.slice(0, reserved.length), amounts, -1, now);
    const before = (standing: Standing) => without(standing, amounts);
    setRateHeaders(exchange.incoming, standings.map(before), now);
    throw overLimit(exchange, over.map(before), amounts, now);
  }

  /** The same stream, whose length is known if its client leaves. */
  watch(events: ChatStream, exchange: Exchange): ChatStream {
    const reservation = this.#reservations.get(exchange);
    return reservation === undefined ? events : counted(events, reservation.seen);
  }

  /** Puts what an exchange took in the place of what was reserved for it. */
  async end(summary: Summary): Promise<void> {
    const reservation = this.#reservations.get(summary.exchange);
    if (reservation === undefined) return;
    this.#reservations.delete(summary.exchange);
    const { store, cost, now } = this.#parts;
    const { counters, amounts, estimate, seen } = reservation;
    const spent = spentBy(summary, estimate, seen);
    const took: Amounts = {
      requests: 1,
      tokens: spent.totalTokens,
      // The model of a fallback may have no price: then the one that was asked for counts.
      money: cost(summary.model, spent) ?? cost(summary.exchange.model, spent) ?? amounts.money,
    };
    await Promise.all(
      counters.map((counter) => {
        const { unit } = counter.kind;
        return correct(store, counter, took[unit] - amounts[unit], now());
      }),
    );
  }

  #amountsOf({ model }: Exchange, estimate: Usage, counters: readonly Counter[]): Amounts {
    const money = this.#parts.cost(model, estimate);
    if (money === undefined && counters.some(({ kind }) => kind.unit === "money")) {
      throw new PriceUnknown(
        `The model \`${model}\` has no price here, and the API key has a budget.`,
      );
    }
    return { requests: 1, tokens: estimate.totalTokens, money: money ?? 0 };
  }

  async #charge(
    counters: readonly Counter[],
    amounts: Amounts,
    now: number,
  ): Promise<readonly Standing[]> {
    const sums = await this.#add(counters, amounts, 1, now);
    return counters.map((counter, index) => ({ counter, used: sums[index] ?? 0 }));
  }

  #add(
    counters: readonly Counter[],
    amounts: Amounts,
    sign: 1 | -1,
    now: number,
  ): Promise<readonly number[]> {
    const { store } = this.#parts;
    return Promise.all(
      counters.map((counter) => addTo(store, counter, sign * amounts[counter.kind.unit], now)),
    );
  }
}

const unneeded: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

function isOver({ counter, used }: Standing): boolean {
  return used > counter.limit;
}

/** Where a caller stands without the request that is refused. */
function without({ counter, used }: Standing, amounts: Amounts): Standing {
  const before = used - amounts[counter.kind.unit];
  // Requests that were refused before are counted, too.
  return {
    counter,
    used: counter.kind.unit === "requests" ? Math.min(before, counter.limit) : before,
  };
}
