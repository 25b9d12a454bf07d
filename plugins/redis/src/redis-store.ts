import { type Log, type Store, type StoredEntry, type StoreWatcher, Watches } from "@agproxy/core";
import type { Client } from "./client.ts";
import { isRefusal, isUnreachable } from "./unreachable.ts";
import type { Calls } from "./calls.ts";
import type { LocalStore } from "./local-store.ts";
import { RemoteStore } from "./remote-store.ts";

/** How often Redis is asked whether it is back, in milliseconds. */
const askAgainMs = 250;

/** What a store on Redis works with. */
export interface RedisParts {
  readonly client: Client;
  /** Hears of changes: a connection that does so does nothing else. */
  readonly listener: Client;
  readonly local: LocalStore;
  readonly prefix: string;
  /** Where Redis is, for the log. */
  readonly place: string;
  readonly log: Log;
}

/** A store on Redis. While that is gone this instance goes on alone, and tells what it did when Redis is back. */
export class RedisStore implements Store {
  readonly isShared = true;
  readonly #parts: RedisParts;
  readonly #remote: RemoteStore;
  readonly #watches: Watches;
  /** Where it listens, once for each watcher. */
  readonly #channels: string[] = [];
  /** Of the connection: it says more than the failure of a call. */
  #lastError: Error | undefined;
  #goneSince: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: RedisParts) {
    this.#parts = parts;
    this.#remote = new RemoteStore(parts.client, parts.prefix);
    this.#watches = new Watches((prefix) => this.entries(prefix));
    parts.client.on("error", (error: Error) => (this.#lastError = error));
    parts.listener.on("error", untold);
    parts.listener.on("ready", () => void this.#listen());
    parts.listener.on("message", (_: string, key: string) => void this.#changed(key));
  }

  /**
   * Connects; where that fails, it goes on trying and resolves all the same. Throws where Redis refuses this instance for
   * good.
   */
  async open(): Promise<void> {
    const { client, listener } = this.#parts;
    await Promise.allSettled([client.connect(), listener.connect()]);
    try {
      await this.#remote.ping();
    } catch (thrown) {
      const reason = messageOf(this.#lastError ?? thrown);
      if (isRefusal(reason) || isRefusal(messageOf(thrown))) {
        this.close();
        throw new Error(`redis: ${this.#parts.place} refuses agproxy: ${reason} Look at \`url\`.`, {
          cause: thrown,
        });
      }
      this.#lost(thrown);
    }
  }

  get(key: string): Promise<string | undefined> {
    return this.#either((calls) => calls.get(key));
  }

  set(key: string, value: string, ttlMs: number): Promise<void> {
    const entry = { key, value, ttlMs };
    return this.#change(key, entry, (calls) => calls.set(key, value, ttlMs));
  }

  setOnce(key: string, value: string, ttlMs: number): Promise<string> {
    return this.#either((calls) => calls.setOnce(key, value, ttlMs));
  }

  delete(key: string, value?: string): Promise<void> {
    return this.#change(key, undefined, (calls) => calls.delete(key, value));
  }

  add(key: string, amount: number, ttlMs: number): Promise<number> {
    return this.#either((calls) => calls.add(key, amount, ttlMs));
  }

  entries(prefix: string): Promise<readonly StoredEntry[]> {
    return this.#either((calls) => calls.entries(prefix));
  }

  claim(key: string, holder: string, ttlMs: number, places = 1): Promise<number> {
    return this.#either((calls) => calls.claim(key, holder, ttlMs, places));
  }

  release(key: string, holder: string): Promise<void> {
    return this.#either((calls) => calls.release(key, holder));
  }

  async watch(prefix: string, watcher: StoreWatcher): Promise<() => void> {
    if (!prefix.includes("/")) throw new Error(`redis: "${prefix}" is no word with its slash.`);
    const channel = this.#remote.channel(prefix);
    // First to listen, then to read: what changes between the two is read.
    this.#channels.push(channel);
    await this.#subscribe(channel);
    const stop = await this.#watches.add(prefix, watcher);
    return () => {
      stop();
      this.#channels.splice(this.#channels.indexOf(channel), 1);
      if (!this.#channels.includes(channel))
        this.#parts.listener.unsubscribe(channel).catch(untold);
    };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const { client, listener } = this.#parts;
    listener.disconnect();
    // What was asked before is still done; where Redis is gone, nothing is waited for.
    client.quit().catch(() => client.disconnect());
  }

  async #either<T>(call: (calls: Calls) => Promise<T>, local = call): Promise<T> {
    if (this.#goneSince === undefined) {
      try {
        return await call(this.#remote);
      } catch (thrown) {
        if (!isUnreachable(thrown)) throw thrown;
        this.#lost(thrown);
      }
    }
    return local(this.#parts.local);
  }

  /** Redis tells of changes by itself. */
  #change(
    key: string,
    entry: StoredEntry | undefined,
    call: (calls: Calls) => Promise<void>,
  ): Promise<void> {
    return this.#either(call, async (local) => {
      await call(local);
      this.#watches.changed(key, entry);
    });
  }

  #lost(thrown: unknown): void {
    if (this.#goneSince !== undefined || this.#isClosed) return;
    this.#goneSince = Date.now();
    const { log, place } = this.#parts;
    log.warn(
      { reason: messageOf(this.#lastError ?? thrown) },
      `redis: ${place} does not answer; until it does, this instance decides alone`,
    );
    this.#askLater();
  }

  #askLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#ask(), askAgainMs).unref();
  }

  /** Where Redis is back: tells it what was done meanwhile, and hears what others did. */
  async #ask(): Promise<void> {
    const { local, log, place } = this.#parts;
    try {
      await this.#remote.ping();
      while (local.hasDeeds) await local.writeTo(this.#remote);
    } catch (thrown) {
      if (!isUnreachable(thrown)) {
        log.error({ err: thrown }, `redis: ${place} refuses what was kept for it`);
      }
      return this.#askLater();
    }
    const goneMs = Date.now() - (this.#goneSince ?? Date.now());
    this.#goneSince = undefined;
    this.#lastError = undefined;
    log.info({ goneMs }, `redis: ${place} is back; instances decide together again`);
    await this.#refresh();
  }

  /** A connection that hears of changes is there, maybe after another one that broke. */
  async #listen(): Promise<void> {
    for (const channel of new Set(this.#channels)) await this.#subscribe(channel);
    await this.#refresh();
  }

  async #subscribe(channel: string): Promise<void> {
    try {
      await this.#parts.listener.subscribe(channel);
    } catch (thrown) {
      // Without a connection there is nothing to do: it subscribes when it is there.
      if (isUnreachable(thrown)) return;
      this.#parts.log.warn({ err: thrown }, "redis: what other instances learn is not heard");
    }
  }

  async #refresh(): Promise<void> {
    if (this.#goneSince === undefined) await this.#watches.refresh();
  }

  async #changed(key: string): Promise<void> {
    if (!this.#watches.has(key)) return;
    try {
      this.#watches.changed(key, await this.#remote.entry(key));
    } catch (thrown) {
      if (!isUnreachable(thrown)) throw thrown;
      // All that is watched is read again when Redis is back.
      this.#lost(thrown);
    }
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A connection that breaks is told of where a call fails. */
function untold(): void {}
