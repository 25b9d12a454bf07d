import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import type { Store } from "./store.ts";

/**
 * Encrypts texts that only this installation is to read, when the same caller gives them back.
 *
 * @example
 * const sealed = seals(caller.id).close(signature);
 * const same = seals(caller.id).open(sealed) === signature;
 */
export interface Seal {
  /** The text, encrypted; always the same for the same text. */
  close(text: string): string;
  /** The text; undefined where it was changed, or sealed for another caller or by another secret. */
  open(sealed: string): string | undefined;
}

/**
 * The seal of a caller, by the caller's id.
 *
 * @example
 * const { open, close } = seals(caller.id);
 */
export type Seals = (caller: string) => Seal;

/** 128 bits cannot be guessed, and every reasoning item carries them. */
const tagBytes = 16;

/**
 * AES-256 in counter mode, whose counter begins at an HMAC of the text: no nonce can come twice for two texts, and the
 * same HMAC proves who wrote it. Source: the construction of https://www.rfc-editor.org/rfc/rfc5297
 *
 * @example
 * const seals = createSeals(await installationSecret(store, "notes-secret"));
 */
export function createSeals(secret: string): Seals {
  return (caller) => {
    const derived = (use: string) =>
      createHmac("sha256", secret).update(`${use}:${caller}`).digest();
    // Derived once for all items of a request, and not at all where there are none.
    let keys: { readonly tag: Buffer; readonly encryption: Buffer } | undefined;
    const own = () => (keys ??= { tag: derived("tag"), encryption: derived("encryption") });
    const tagOf = (text: string) =>
      createHmac("sha256", own().tag).update(text).digest().subarray(0, tagBytes);
    return {
      close(text) {
        const tag = tagOf(text);
        const cipher = createCipheriv("aes-256-ctr", own().encryption, tag);
        return Buffer.concat([tag, cipher.update(text, "utf8"), cipher.final()]).toString(
          "base64url",
        );
      },
      open(sealed) {
        const bytes = Buffer.from(sealed, "base64url");
        if (bytes.length < tagBytes) return undefined;
        const tag = bytes.subarray(0, tagBytes);
        const decipher = createDecipheriv("aes-256-ctr", own().encryption, tag);
        const text =
          decipher.update(bytes.subarray(tagBytes), undefined, "utf8") + decipher.final("utf8");
        return timingSafeEqual(tag, tagOf(text)) ? text : undefined;
      },
    };
  };
}

/** Ten years: longer than any client keeps a conversation. */
const lifetimeMs = 10 * 365 * 24 * 3_600_000;

/**
 * A secret of the installation, made at the first start and kept in the store under `key`: of several instances, all use the
 * same.
 *
 * @example
 * const secret = await installationSecret(store, "notes-secret");
 */
export async function installationSecret(store: Store, key: string): Promise<string> {
  const secret = await store.setOnce(key, randomBytes(32).toString("base64url"), lifetimeMs);
  await keepSecret(store, key, secret);
  return secret;
}

/**
 * Makes the secret the store's newest entry: a full store drops the oldest. Another secret that is there stays. For plugins to
 * call when they close.
 *
 * @example
 * hooks.close.tap("notes", () => keepSecret(store, "notes-secret", secret));
 */
export async function keepSecret(store: Store, key: string, secret: string): Promise<void> {
  const there = await store.setOnce(key, secret, lifetimeMs);
  if (there === secret) await store.set(key, secret, lifetimeMs);
}
