import type { Account, Caller, PassedOver } from "@agproxy/core";
import { anyNumber, type Place } from "./leases.ts";
import { type AccountLimit, Meter } from "./meter.ts";

/** Limits by the label or id of an account or by the name of a quota group; `*` is each account that is not named. */
export type AccountLimits = Readonly<Record<string, AccountLimit>>;

/** Counts what accounts have under way, and what the limits are about. */
export class Limits {
  /** How many attempts each account has open, by its id. */
  readonly #open = new Map<string, number>();
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

  /** What a request needs of the limits that all instances have together. Who is past them (`mayGoOn`) is counted only. */
  places(account: Account, caller: Caller, mayGoOn: boolean, now: number): readonly Place[] {
    const places = this.#of(account).flatMap((meter) => meter.places(caller, now));
    return mayGoOn ? places.map((place) => ({ ...place, places: anyNumber })) : places;
  }

  readonly openOn = ({ id }: Account): number => this.#open.get(id) ?? 0;

  began(account: Account, now: number): void {
    this.#open.set(account.id, this.openOn(account) + 1);
    for (const meter of this.#of(account)) meter.began(now);
  }

  /** Where an attempt was refused elsewhere after it had begun here. */
  refused(account: Account): void {
    for (const meter of this.#of(account)) meter.refused();
    this.ended(account);
  }

  ended(account: Account): void {
    // Not deleted at 0: entries that come and go make V8 copy the map again and again.
    this.#open.set(account.id, this.openOn(account) - 1);
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
    const meter = this.#meters.get(subject) ?? new Meter(subject, this.#rules.get(rule) ?? {});
    this.#meters.set(subject, meter);
    return meter;
  }
}
