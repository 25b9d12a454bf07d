import type { Account, Caller, PassedOver } from "@agproxy/core";

/** How much an account, or all accounts of a quota group together, may be asked for. */
export interface AccountLimit {
  /** Requests under way at once. */
  readonly concurrency?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
  /** What of these is kept for some callers: the others may use the rest. */
  readonly reserve?: Reserve | undefined;
}

interface Reserve {
  /** Names or ids of callers. */
  readonly callers: readonly string[];
  readonly concurrency?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
}

/** Limits by the label or id of an account or by the name of a quota group; `*` is each account that is not named. */
export type AccountLimits = Readonly<Record<string, AccountLimit>>;

const minuteMs = 60_000;

/** Counts what the limits are about. */
export class Limits {
  readonly #rules: ReadonlyMap<string, AccountLimit>;
  readonly #meters = new Map<string, Meter>();
  readonly #metersOf = new WeakMap<Account, readonly Meter[]>();

  constructor(rules: AccountLimits) {
    this.#rules = new Map(Object.entries(rules));
  }

  /** Whether there are any. */
  get exist(): boolean {
    return this.#rules.size > 0;
  }

  /** Why an account has no room for a caller's request. */
  obstacle(account: Account, caller: Caller, now: number): PassedOver | undefined {
    for (const meter of this.#of(account)) {
      const obstacle = meter.obstacle(caller, now);
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  }

  began(account: Account, now: number): void {
    for (const meter of this.#of(account)) meter.began(now);
  }

  ended(account: Account): void {
    for (const meter of this.#of(account)) meter.ended();
  }

  #of(account: Account): readonly Meter[] {
    const known = this.#metersOf.get(account);
    if (known !== undefined) return known;
    const { id, label, quotaGroup } = account;
    const own = [label, id, "*"].find((name) => this.#rules.has(name));
    const shared = quotaGroup !== undefined && this.#rules.has(quotaGroup) ? quotaGroup : undefined;
    const meters: Meter[] = [];
    if (own !== undefined) meters.push(this.#meter(`account ${id}`, own));
    if (shared !== undefined) meters.push(this.#meter(`group ${shared}`, shared));
    this.#metersOf.set(account, meters);
    return meters;
  }

  #meter(subject: string, rule: string): Meter {
    const meter = this.#meters.get(subject) ?? new Meter(this.#rules.get(rule) ?? {});
    this.#meters.set(subject, meter);
    return meter;
  }
}

/** Counts the requests of one account or group. */
class Meter {
  readonly #limit: AccountLimit;
  #open = 0;
  /** When the requests of the last minute began, the oldest first; no more than the limit. */
  readonly #begun: number[] = [];

  constructor(limit: AccountLimit) {
    this.#limit = limit;
  }

  obstacle({ id, name }: Caller, now: number): PassedOver | undefined {
    const { concurrency = Infinity, requestsPerMinute = Infinity, reserve } = this.#limit;
    const isReserved = reserve?.callers.some((each) => each === id || each === name) ?? true;
    const kept = isReserved ? undefined : reserve;
    if (this.#open >= concurrency - (kept?.concurrency ?? 0)) {
      return { reason: "has as many requests under way as `limits` lets it", isBusy: true };
    }
    while (this.#begun.length > 0 && this.#begun[0]! <= now - minuteMs) this.#begun.shift();
    const room = requestsPerMinute - (kept?.requestsPerMinute ?? 0);
    if (this.#begun.length < room) return undefined;
    // The request that must be a minute old before there is room again; without any room, nobody knows when.
    const oldest = this.#begun[this.#begun.length - Math.max(room, 1)] ?? now;
    return {
      reason: "has had as many requests this minute as `limits` lets it",
      until: oldest + minuteMs,
      isBusy: true,
    };
  }

  began(now: number): void {
    this.#open += 1;
    if (this.#limit.requestsPerMinute !== undefined) this.#begun.push(now);
  }

  ended(): void {
    this.#open -= 1;
  }
}
