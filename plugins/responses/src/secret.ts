import { randomBytes } from "node:crypto";
import type { Store } from "agproxy";

const key = "responses-secret";

/** As long as anybody could keep a conversation. */
const lifetime = 10 * 365 * 24 * 3_600_000;

/**
 * The installation's secret: made at the first start and kept in the store, so that it lasts as long as the
 * store does. Read once more after it is written: of two instances that start together, one wins.
 */
export async function installationSecret(store: Store): Promise<string> {
  const kept = await store.get(key);
  if (kept !== undefined) return kept;
  const made = randomBytes(32).toString("base64url");
  await store.set(key, made, lifetime);
  return (await store.get(key)) ?? made;
}
