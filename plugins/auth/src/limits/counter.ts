import type { Caller, Store, UsedLimit } from "@agproxy/core";
import {
  type LimitKind,
  limitKinds,
  type LimitName,
  type Limits,
  type Unit,
} from "./limit-kinds.ts";
import { type Window, windowOf } from "./window.ts";

/** What a caller has used of one limit in the window that is open. */
export interface Counter {
  readonly name: LimitName;
  readonly kind: LimitKind;
  /** In the unit of the store: money in millionths. */
  readonly limit: number;
  readonly window: Window;
  readonly key: string;
}

/** An amount for each unit. */
export type Amounts = Readonly<Record<Unit, number>>;

const millionth = 1e6;

/** How long a counter is kept after its window: the clocks of several machines differ. */
const keptAfterMs = 60_000;

const names = Object.keys(limitKinds) as readonly LimitName[];

/** The counters of a caller at a moment. */
export function countersOf({ id }: Caller, limits: Limits, now: number): readonly Counter[] {
  return names.flatMap((name) => {
    const given = limits[name];
    if (given === undefined) return [];
    const kind = limitKinds[name];
    const window = windowOf(kind.period, now);
    const limit = kind.unit === "money" ? Math.round(given * millionth) : given;
    // Not under the caller's id itself: of those who have most in the store the oldest entries are deleted, and a caller could
    // store so much that the counters are among them.
    return [{ name, kind, limit, window, key: `auth/limits:${id}/${name}/${window.start}` }];
  });
}

/** What a counter has now, in the unit of its limit as people write it, like the limit beside it. Writes nothing. */
export async function usedOf(store: Store, counter: Counter): Promise<UsedLimit> {
  const { name, kind, limit, window, key } = counter;
  const used = Number((await store.get(key)) ?? 0);
  const unit = kind.unit === "money" ? millionth : 1;
  return { name, used: used / unit, limit: limit / unit, resetsAt: window.end };
}

/** Adds to a counter, also less than nothing; resolves with the sum. The store adds atomically, whoever shares it. */
export function addTo(
  store: Store,
  { key, window }: Counter,
  amount: number,
  now: number,
): Promise<number> {
  return store.add(key, amount, window.end - now + keptAfterMs);
}

/** Adds what is known at the end of a request; nothing is given back to a window that is over. */
export async function correct(
  store: Store,
  counter: Counter,
  amount: number,
  now: number,
): Promise<void> {
  if (amount === 0) return;
  if (now < counter.window.end) await addTo(store, counter, amount, now);
  else if (amount > 0) await addTo(store, nextOf(counter, now), amount, now);
}

function nextOf(counter: Counter, now: number): Counter {
  const window = windowOf(counter.kind.period, now);
  const key = counter.key.slice(0, counter.key.lastIndexOf("/") + 1) + window.start;
  return { ...counter, window, key };
}
