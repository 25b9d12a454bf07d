import {
  type Account,
  AgproxyError,
  type Candidate,
  catalogue,
  type ErrorCode,
  type Log,
  type Store,
} from "@agproxy/core";
import * as v from "valibot";
import type { CoolDown, CoolDowns } from "./cool-downs.ts";

/** Shorter cool-downs are over before a restart is. */
const keptFromMs = 60_000;

const codes = Object.keys(catalogue) as ErrorCode[];
const schema = v.record(
  v.string(),
  v.object({
    beganAt: v.number(),
    until: v.number(),
    failuresInRow: v.number(),
    code: v.picklist(codes),
    message: v.string(),
  }),
);

/**
 * The long cool-downs of accounts and quota groups in the store, so that after a restart no account is asked that is known
 * to be out. Each owner has one value, which is written when it changes and read when the owner is first seen.
 */
export class KeptStandings {
  readonly #coolDowns: CoolDowns;
  readonly #store: Store;
  readonly #log: Log;
  readonly #now: () => number;
  /** The owners that were read, with what the store has of them. */
  readonly #known = new Map<string, string>();

  constructor(coolDowns: CoolDowns, store: Store, log: Log, now: () => number) {
    this.#coolDowns = coolDowns;
    this.#store = store;
    this.#log = log;
    this.#now = now;
  }

  /** Reads what the store has of owners that were not seen before; undefined where there are none. */
  read(candidates: readonly Candidate[]): Promise<unknown> | undefined {
    let reads: Promise<void>[] | undefined;
    for (const { account } of candidates) {
      const { id, quotaGroup } = account;
      if (!this.#known.has(id)) (reads ??= []).push(this.#readOwner(id));
      if (quotaGroup !== undefined && !this.#known.has(quotaGroup)) {
        (reads ??= []).push(this.#readOwner(quotaGroup));
      }
    }
    return reads === undefined ? undefined : Promise.all(reads);
  }

  async #readOwner(owner: string): Promise<void> {
    this.#known.set(owner, "");
    try {
      const text = await this.#store.get(keyOf(owner));
      if (text === undefined) return;
      this.#known.set(owner, text);
      for (const [what, kept] of Object.entries(v.parse(schema, JSON.parse(text)))) {
        const { code, message, beganAt, until, failuresInRow } = kept;
        if (until <= this.#now()) continue;
        const error = new AgproxyError(code, message);
        const { text: reason } = error.definition;
        const coolDown = { beganAt, until, failuresInRow, reason, error, isLate: false };
        this.#coolDowns.put({ owner, what }, coolDown);
      }
    } catch (thrown) {
      this.#log.warn({ err: thrown, owner }, "The kept standing of an account could not be read.");
    }
  }

  /** Writes what has changed of an account and its quota group. Nobody waits for it. */
  write({ id, quotaGroup }: Account): void {
    this.#writeOwner(id);
    if (quotaGroup !== undefined) this.#writeOwner(quotaGroup);
  }

  #writeOwner(owner: string): void {
    const before = this.#known.get(owner) ?? "";
    const entries = this.#coolDowns.of(owner);
    if (entries === undefined && before === "") return;
    const now = this.#now();
    const long = [...(entries ?? [])].filter(([, { until }]) => until - now >= keptFromMs);
    const text = long.length === 0 ? "" : JSON.stringify(Object.fromEntries(long.map(keptForm)));
    if (text === before) return;
    this.#known.set(owner, text);
    const ttl = Math.max(...long.map(([, { until }]) => until)) - now;
    const written =
      text === "" ? this.#store.delete(keyOf(owner)) : this.#store.set(keyOf(owner), text, ttl);
    written.catch((thrown: unknown) => {
      this.#log.warn({ err: thrown, owner }, "The standing of an account could not be kept.");
    });
  }
}

function keyOf(owner: string): string {
  return `rotation/${owner}`;
}

function keptForm([what, { beganAt, until, failuresInRow, error }]: readonly [string, CoolDown]) {
  const { code, message } = error;
  return [what, { beganAt, until, failuresInRow, code, message }] as const;
}
