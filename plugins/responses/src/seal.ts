import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "@agproxy/core";

/** Proves by an HMAC that a text was written by this installation. */
export interface Seal {
  /** The text with its HMAC; always the same for the same text. */
  close(text: string): string;
  /** The sealed text; undefined where the HMAC is missing or does not fit. */
  open(sealed: string): string | undefined;
}

/** 128 bits cannot be guessed, and every reasoning item carries them. */
const hmacBytes = 16;

export function createSeal(secret: string): Seal {
  const hmac = (body: string) =>
    createHmac("sha256", secret).update(body).digest().subarray(0, hmacBytes);
  return {
    close(text) {
      const body = Buffer.from(text, "utf8").toString("base64url");
      return `${body}.${hmac(body).toString("base64url")}`;
    },
    open(sealed) {
      const dot = sealed.lastIndexOf(".");
      const body = sealed.slice(0, dot);
      const given = Buffer.from(sealed.slice(dot + 1), "base64url");
      if (dot === -1 || given.length !== hmacBytes || !timingSafeEqual(given, hmac(body))) {
        return undefined;
      }
      return Buffer.from(body, "base64url").toString("utf8");
    },
  };
}

const key = "responses-secret";

/** Ten years: longer than any client keeps a conversation. */
const lifetimeMs = 10 * 365 * 24 * 3_600_000;

/**
 * The installation's secret, made at the first start and kept in the store. It is read again after it was written: of
 * two instances that start together, both must use the one that was written last.
 */
export async function installationSecret(store: Store): Promise<string> {
  const kept = await store.get(key);
  const secret = kept ?? randomBytes(32).toString("base64url");
  await keepSecret(store, secret);
  return (await store.get(key)) ?? secret;
}

/** Makes the secret the store's newest entry: a full store drops the oldest. */
export function keepSecret(store: Store, secret: string): Promise<void> {
  return store.set(key, secret, lifetimeMs);
}
