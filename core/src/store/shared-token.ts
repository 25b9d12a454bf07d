import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "./store.ts";
import { randomId } from "../kit/stamp.ts";

/** What a new access token is asked with. */
export interface TokenSource {
  readonly store: Store;
  /** Under which the store has the token, such as `my-vendor-tokens/ACCOUNT`. */
  readonly key: string;
  /** What every instance knows and nobody else, such as the refresh token: the store has the token encrypted with it. */
  readonly secret: string;
  /** Asks for a new one, which holds for `lifetimeMs` milliseconds. */
  refresh(): Promise<{ readonly token: string; readonly lifetimeMs: number }>;
}

/** A token is not given out so shortly before its end, in milliseconds. */
const earlyMs = 5 * 60_000;
/** For so long a token is used without a look at the store. */
const trustedMs = 60_000;
/** So long others wait for the one that asks for a new token. */
const lockMs = 20_000;
const lookAgainMs = 50;

/**
 * An access token that is asked for once, however many requests need it at the same time and however many instances share
 * the store. It outlives a restart where the store does.
 *
 * @example
 * const access = new SharedToken({ store, key: `my-vendor-tokens/${account.id}`, secret: refreshToken, refresh });
 * const headers = { authorization: `Bearer ${await access.token()}` };
 */
export class SharedToken {
  readonly #source: TokenSource;
  readonly #key: Buffer;
  #token: string | undefined;
  #trustedUntil = 0;
  #pending: Promise<string> | undefined;

  constructor(source: TokenSource) {
    this.#source = source;
    this.#key = Buffer.from(hkdfSync("sha256", source.secret, "", source.key, 32));
  }

  /** The last one that was given out. */
  get last(): string | undefined {
    return this.#token;
  }

  /** One that holds, as far as is known. Rejects as `refresh` does. */
  async token(): Promise<string> {
    if (this.#token !== undefined && performance.now() < this.#trustedUntil) return this.#token;
    return (this.#pending ??= this.#next().finally(() => (this.#pending = undefined)));
  }

  /** Another one than a token that was refused. */
  async tokenInPlaceOf(refused: string): Promise<string> {
    // Another request may have brought a new one already.
    if (this.#token === refused && this.#pending === undefined) {
      this.#token = undefined;
      const { store, key } = this.#source;
      const sealed = await store.get(key);
      if (sealed !== undefined && this.#opened(sealed) === refused) await store.delete(key, sealed);
    }
    return this.token();
  }

  async #next(): Promise<string> {
    const { store, key } = this.#source;
    const lock = `${key}/refresh`;
    const holder = randomId();
    const givesUpAt = performance.now() + lockMs;
    for (;;) {
      const kept = await this.#kept();
      if (kept !== undefined) return this.#trust(kept);
      const isMine = (await store.claim(lock, holder, lockMs)) === 0;
      if (isMine || performance.now() > givesUpAt) {
        try {
          // Whoever had the lock before may have brought one just now.
          return this.#trust((await this.#kept()) ?? (await this.#refreshed()));
        } finally {
          await store.release(lock, holder);
        }
      }
      await sleep(lookAgainMs);
    }
  }

  async #kept(): Promise<string | undefined> {
    const { store, key } = this.#source;
    const sealed = await store.get(key);
    return sealed === undefined ? undefined : this.#opened(sealed);
  }

  async #refreshed(): Promise<string> {
    const { store, key, refresh } = this.#source;
    const { token, lifetimeMs } = await refresh();
    const ttlMs = lifetimeMs > 2 * earlyMs ? lifetimeMs - earlyMs : lifetimeMs / 2;
    await store.set(key, this.#sealed(token), ttlMs);
    return token;
  }

  #trust(token: string): string {
    this.#token = token;
    this.#trustedUntil = performance.now() + trustedMs;
    return token;
  }

  #sealed(token: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv);
    const text = Buffer.concat([cipher.update(token, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64url");
  }

  /** Undefined where it was sealed with another secret. */
  #opened(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64url");
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }
}
