import { createHmac, timingSafeEqual, randomBytes } from "node:crypto";
import type { Store } from "@agproxy/core";

/** Marks texts as this installation's own. */
export interface Seal {
  /** The text with its mark; the same for the same text. */
  close(text: string): string;
  /** The text of a sealed one; nothing where the mark is missing or is not of this text. */
  open(sealed: string): string | undefined;
}

/** Bytes of the mark: enough that nobody guesses one. */
const markLength = 16;

export function createSeal(secret: string): Seal {
  const mark = (body: string) =>
    createHmac("sha256", secret).update(body).digest().subarray(0, markLength);
  return {
    close(text) {
      const body = Buffer.from(text, "utf8").toString("base64url");
      return `${body}.${mark(body).toString("base64url")}`;
    },
    open(sealed) {
      const dot = sealed.lastIndexOf(".");
      const body = sealed.slice(0, dot);
      const given = Buffer.from(sealed.slice(dot + 1), "base64url");
      if (dot === -1 || given.length !== markLength || !timingSafeEqual(given, mark(body))) {
        return undefined;
      }
      return Buffer.from(body, "base64url").toString("utf8");
    },
  };
}

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
