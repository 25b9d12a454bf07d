import type { StoredEntry } from "@agproxy/core";
import { Cluster, type Redis } from "ioredis";
import type { Client } from "./client.ts";
import * as scripts from "./scripts.ts";

/** How many keys one step of a scan looks at. */
const scanCount = 1000;

/** How many values are asked for at once. */
const readsAtOnce = 500;

/** The calls of a store on Redis. Each rejects where Redis cannot be reached. */
export class RemoteStore {
  readonly #client: Client;
  readonly #prefix: string;

  constructor(client: Client, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Resolves where Redis answers. */
  async ping(): Promise<void> {
    // Not PING: a cluster answers that while the slots of keys are served by nobody.
    await this.#client.get(this.#key("ping"));
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#client.get(this.#key(key))) ?? undefined;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#run(scripts.set, key, value, whole(ttlMs), this.channel(key), key);
  }

  async setOnce(key: string, value: string, ttlMs: number): Promise<string> {
    return String(
      await this.#run(scripts.setOnce, key, value, whole(ttlMs), this.channel(key), key),
    );
  }

  async delete(key: string, value?: string): Promise<void> {
    const only = value === undefined ? [] : [value];
    await this.#run(scripts.remove, key, this.channel(key), key, ...only);
  }

  async add(key: string, amount: number, ttlMs: number): Promise<number> {
    return Number(await this.#run(scripts.add, key, String(amount), whole(ttlMs)));
  }

  async claim(key: string, holder: string, ttlMs: number, places: number): Promise<number> {
    return Number(await this.#run(scripts.claim, key, holder, whole(ttlMs), String(places)));
  }

  async release(key: string, holder: string): Promise<void> {
    await this.#client.zrem(this.#key(key), holder);
  }

  async entry(key: string): Promise<StoredEntry | undefined> {
    const found = await this.#run(scripts.read, key);
    if (!Array.isArray(found)) return undefined;
    const [value, ttlMs] = found as readonly unknown[];
    return { key, value: String(value), ttlMs: Number(ttlMs) };
  }

  async entries(prefix: string): Promise<readonly StoredEntry[]> {
    const nodes = this.#client instanceof Cluster ? this.#client.nodes("master") : [this.#client];
    const pattern = `${literal(this.#prefix + prefix)}*`;
    const scanned = await Promise.all(nodes.map((node) => scan(node, pattern)));
    const keys = [...new Set(scanned.flat())];
    const entries: StoredEntry[] = [];
    for (let start = 0; start < keys.length; start += readsAtOnce) {
      const some = keys.slice(start, start + readsAtOnce);
      const found = await Promise.all(
        some.map((key) => this.entry(key.slice(this.#prefix.length))),
      );
      for (const entry of found) if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /**
   * Where changes are told of keys with the same first word, by the key alone: whoever hears it reads the newest. Not a channel
   * for each key: a user of Redis may be let into patterns of channels only where it may hear all.
   */
  channel(key: string): string {
    return `${this.#prefix}changed:${key.split("/", 1)[0]}`;
  }

  #key(key: string): string {
    return this.#prefix + key;
  }

  #run(script: string, key: string, ...args: readonly string[]): Promise<unknown> {
    return this.#client.eval(script, 1, this.#key(key), ...args);
  }
}

async function scan(node: Redis, pattern: string): Promise<readonly string[]> {
  const keys: string[][] = [];
  let cursor = "0";
  do {
    const [next, found] = await node.scan(cursor, "MATCH", pattern, "COUNT", scanCount);
    keys.push(found);
    cursor = next;
  } while (cursor !== "0");
  return keys.flat();
}

/** Redis counts whole milliseconds, and nothing lives for none. */
function whole(ttlMs: number): string {
  return String(Math.max(1, Math.ceil(ttlMs)));
}

/** A text that a pattern takes as it is. */
function literal(text: string): string {
  return text.replaceAll(/[\\*?[\]^]/g, "\\$&");
}
