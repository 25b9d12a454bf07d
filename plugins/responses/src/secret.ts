import { randomBytes } from "node:crypto";
import type { Store } from "@agproxy/core";

const key = "responses-secret";

/** As long as anybody could keep a conversation. */
const lifetime = 10 * 365 * 24 * 3_600_000;

/**
 * The installation's secret: made at the first start and kept in the store, so that it lasts as long as the
 * store does. Read once more after it is written: of two instances that start together, one wins.
 */
export async function installationSecret(store: Store): Promise<string> {
  const kept = await store.get(key);
  const secret = kept ?? randomBytes(32).toString("base64url");
  await keepSecret(store, secret);
  return (await store.get(key)) ?? secret;
}

/** Makes it the store's newest entry: a full store lets the oldest go. */
export function keepSecret(store: Store, secret: string): Promise<void> {
  return store.set(key, secret, lifetime);
}
