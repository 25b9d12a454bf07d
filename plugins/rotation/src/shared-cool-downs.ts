import {
  AgproxyError,
  catalogue,
  type ErrorCode,
  type Log,
  type Store,
  type StoredEntry,
} from "@agproxy/core";
import * as v from "valibot";
import {
  type CoolDown,
  type CoolDowns,
  type CoolDownWatcher,
  type CoolingKey,
  rowEndsAfterMs,
  toldError,
} from "./cool-downs.ts";

const codes = Object.keys(catalogue) as ErrorCode[];
const schema = v.object({
  id: v.string(),
  failuresInRow: v.number(),
  code: v.picklist(codes),
  message: v.string(),
  isLate: v.boolean(),
});

/**
 * The cool-downs in the store, each with a key of its own, so that no account is asked that is known to be out: after a
 * restart, after a reload, and by other instances, which hear of it as it happens. A stored cool-down holds no times but the
 * one that the store counts down, as the clocks of instances differ.
 */
export class SharedCoolDowns implements CoolDownWatcher {
  readonly #coolDowns: CoolDowns;
  readonly #store: Store;
  readonly #log: Log;
  readonly #now: () => number;
  /** Keys that are being written, and by how many calls. */
  readonly #writing = new Map<string, number>();

  constructor(coolDowns: CoolDowns, store: Store, log: Log, now: () => number) {
    this.#coolDowns = coolDowns;
    this.#store = store;
    this.#log = log;
    this.#now = now;
    coolDowns.watcher = this;
  }

  /** Reads what the store has, and follows it; `changed` is called where an account may be free again. */
  watch(changed: () => void): Promise<() => void> {
    return this.#store.watch(prefix, (key, entry) => {
      this.#told(key, entry);
      changed();
    });
  }

  started(key: CoolingKey, coolDown: CoolDown): void {
    // The codes of plugins mean nothing to an instance that has other plugins.
    if (!(coolDown.error.code in catalogue)) return;
    const ttlMs = coolDown.until - this.#now() + rowEndsAfterMs;
    this.#write(keyOf(key), (store, name) => store.set(name, textOf(coolDown), ttlMs));
  }

  forgiven(key: CoolingKey, coolDown: CoolDown): void {
    // Only this one: another instance may have started a newer one.
    this.#write(keyOf(key), (store, name) => store.delete(name, textOf(coolDown)));
  }

  /** Nobody waits for it. */
  #write(name: string, write: (store: Store, name: string) => Promise<void>): void {
    this.#writing.set(name, (this.#writing.get(name) ?? 0) + 1);
    write(this.#store, name)
      .catch((thrown: unknown) => {
        this.#log.warn({ err: thrown, key: name }, "rotation: a cool-down could not be stored");
      })
      .finally(() => {
        const left = (this.#writing.get(name) ?? 0) - 1;
        if (left > 0) this.#writing.set(name, left);
        else this.#writing.delete(name);
      });
  }

  #told(name: string, entry: StoredEntry | undefined): void {
    const key = keyIn(name);
    if (key === undefined) return;
    const own = this.#coolDowns.known(key, this.#now());
    if (entry === undefined) {
      // A deletion is of what was there before the one that is being written.
      if (own === undefined || this.#writing.has(name)) return;
      // Nobody forgives what still holds: the store has lost it.
      if (own.until - this.#now() > clockToleranceMs) this.started(key, own);
      else this.#coolDowns.delete(key);
      return;
    }
    const told = v.safeParse(schema, parsed(entry.value));
    if (!told.success) {
      this.#log.warn({ key: name }, "rotation: a stored cool-down could not be read");
      return;
    }
    const { id, failuresInRow, code, message, isLate } = told.output;
    if (id === own?.id) return;
    const now = this.#now();
    const until = now + entry.ttlMs - rowEndsAfterMs;
    const error = toldError(new AgproxyError(code, message));
    const { text: reason } = error.definition;
    const longest = Math.max(until, own?.until ?? 0);
    const coolDown = { id, failuresInRow, isLate, error, reason, until: longest };
    this.#coolDowns.put(key, { ...coolDown, lastsMs: longest - now }, now);
  }
}

const prefix = "rotation/";

/** Another instance may see the end of a cool-down so much earlier. */
const clockToleranceMs = 1000;

function keyOf({ owner, what }: CoolingKey): string {
  return `${prefix}${part(owner)}/${part(what)}`;
}

/** Part of a key. Clients name models, so it may hold half of a surrogate pair. */
export function part(word: string): string {
  return encodeURIComponent(word.toWellFormed());
}

function keyIn(name: string): CoolingKey | undefined {
  const [owner, what, ...more] = name.slice(prefix.length).split("/");
  if (owner === undefined || what === undefined || more.length > 0) return undefined;
  try {
    return { owner: decodeURIComponent(owner), what: decodeURIComponent(what) };
  } catch {
    // Nobody here has written that.
    return undefined;
  }
}

function textOf({ id, failuresInRow, error, isLate }: CoolDown): string {
  const { code, message } = error;
  return JSON.stringify({ id, failuresInRow, code, message, isLate });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
