import * as v from "valibot";
import { readOptions, wrongOption } from "@agproxy/core";
import { type Address, addressOf } from "./address.ts";

export interface RedisOptions {
  /**
   * Where Redis or Valkey is: `redis://`, `rediss://` (TLS), `unix:///path`, `redis+sentinel://` or `redis+cluster://`, each of
   * the last two with several hosts. Default: `redis://127.0.0.1:6379`.
   */
  readonly url?: string | undefined;
  /** What every key and channel begins with. Instances share what they keep where it is the same. Default: `agproxy:`. */
  readonly prefix?: string;
  /** How long an answer of Redis is waited for, in milliseconds; after that, instances decide alone. Default: 500. */
  readonly timeout?: number;
}

/** The options as the plugin works with them. */
export interface Settings {
  readonly address: Address;
  readonly prefix: string;
  readonly timeoutMs: number;
}

const schema = v.strictObject({
  url: v.optional(v.pipe(v.string(), v.minLength(1)), "redis://127.0.0.1:6379"),
  prefix: v.optional(v.pipe(v.string(), v.minLength(1)), "agproxy:"),
  timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60_000)), 500),
});

const example = 'redis({ url: "redis://127.0.0.1:6379", prefix: "agproxy:", timeout: 500 })';

/** The options with their defaults. */
export function readRedisOptions(options: RedisOptions): Settings {
  const { url, prefix, timeout } = readOptions("redis", schema, options, example);
  const address = addressOf(url);
  if (address === undefined) {
    throw wrongOption(
      "redis",
      "url",
      "must be an address such as redis://HOST:6379, rediss://USER:PASSWORD@HOST:6380/0, unix:///run/redis.sock, redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST",
      example,
    );
  }
  return { address, prefix, timeoutMs: timeout };
}
