import { ConfigError } from "../config/settings.ts";
import type { Log, Plugin } from "../hooks/plugin.ts";
import { defaults } from "../hooks/server-settings.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { workerNumber } from "../store/worker.ts";

/** The store of a gateway: a plugin's, else as the config's `store` says. Throws a `ConfigError` where it cannot be opened. */
export async function openStore(
  place: string,
  plugins: readonly Plugin[],
  log: Log,
): Promise<Store> {
  const [owner, second] = plugins.filter(({ openStore }) => openStore !== undefined);
  if (owner?.openStore === undefined) return openPlace(place);
  if (second !== undefined) {
    throw new ConfigError(
      `Plugins "${owner.name}" and "${second.name}" both bring a store, and all plugins share one. Remove one of them.`,
    );
  }
  if (place !== defaults.store) {
    throw new ConfigError(
      `store: plugin "${owner.name}" brings the store, and the config names "${place}". Remove \`store\` or the plugin.`,
    );
  }
  try {
    return await owner.openStore({ log });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ConfigError(`Plugin "${owner.name}" cannot open the store.\n${why}`, {
      cause: thrown,
    });
  }
}

/** What few use is loaded only where it is used, for a quick start. */
async function openPlace(place: string): Promise<Store> {
  if (place === "memory") return workerNumber() === undefined ? memoryStore() : openPrimary();
  const { sqliteStore } = await import("../store/sqlite-store.ts");
  try {
    return sqliteStore(place);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ConfigError(
      `store: the file "${place}" cannot be opened: ${why}. Write it like this: store: "agproxy.sqlite" (a file), or "memory"`,
      { cause: thrown },
    );
  }
}

/** One for each process, as a channel has one. */
let primary: Store | undefined;

/** Workers share what their primary has in memory. */
async function openPrimary(): Promise<Store> {
  const { primaryStore } = await import("../store/primary-store.ts");
  primary ??= primaryStore({
    on: (event, listener) => process.on(event, listener),
    send: (message) => process.send?.(message),
  });
  return primary;
}
