import { definePlugin, memoryStore, type Plugin } from "@agproxy/core";
import { addressText } from "./address.ts";
import { createClient } from "./client.ts";
import { LocalStore } from "./local-store.ts";
import { readRedisOptions, type RedisOptions } from "./options.ts";
import { RedisStore } from "./redis-store.ts";

export type { RedisOptions } from "./options.ts";

/** Keeps in Redis or Valkey what agproxy keeps, so that several instances share it and decide together. */
export function redis(options: RedisOptions = {}): Plugin {
  const settings = readRedisOptions(options);
  const { address, prefix } = settings;
  const place = addressText(address);
  return definePlugin({
    name: "redis",
    describe: () => `${place}, keys begin with ${prefix}`,
    async openStore({ log }) {
      const store = new RedisStore({
        client: createClient(settings),
        listener: createClient(settings),
        local: new LocalStore(memoryStore()),
        prefix,
        place,
        log,
      });
      await store.open();
      return store;
    },
    apply: () => undefined,
  });
}
