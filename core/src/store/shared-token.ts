import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "./store.ts";
import { randomId } from "../kit/stamp.ts";

/** What a new access token is asked with. */
export interface TokenSource {
  readonly store: Store;
  /** A word for the store's keys, such as `my-vendor-tokens`. */
  readonly name: string;
  /** What every instance knows and nobody else, such as the refresh token: the store has the token encrypted with it. */
  secret(): string | Promise<string>;
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
 * const access = new SharedToken({ store, name: "my-vendor-tokens", secret: () => refreshToken, refresh });
 * const headers = { authorization: `Bearer ${await access.token()}` };
 */
export class SharedToken {
  readonly #source: TokenSource;
  #place: Promise<Place> | undefined;
  #token: string | undefined;
  #trustedUntil = 0;
  #pending: Promise<string> | undefined;

  constructor(source: TokenSource) {
    this.#source = source;
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
      const { store } = this.#source;
      const { key, cipherKey } = await this.#at();
      const sealed = await store.get(key);
      if (sealed !== undefined && opened(sealed, cipherKey) === refused) {
        await store.delete(key, sealed);
      }
    }
    return this.token();
  }

  async #next(): Promise<string> {
    const { store } = this.#source;
    const { key } = await this.#at();
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
    const { key, cipherKey } = await this.#at();
    const sealed = await this.#source.store.get(key);
    return sealed === undefined ? undefined : opened(sealed, cipherKey);
  }

  async #refreshed(): Promise<string> {
    const { key, cipherKey } = await this.#at();
    const { token, lifetimeMs } = await this.#source.refresh();
    const ttlMs = lifetimeMs > 2 * earlyMs ? lifetimeMs - earlyMs : lifetimeMs / 2;
    await this.#source.store.set(key, sealed(token, cipherKey), ttlMs);
    return token;
  }

  #trust(token: string): string {
    this.#token = token;
    this.#trustedUntil = performance.now() + trustedMs;
    return token;
  }

  /** Where it is; a secret that could not be had may be there the next time. */
  #at(): Promise<Place> {
    this.#place ??= placeOf(this.#source).catch((thrown: unknown) => {
      this.#place = undefined;
      throw thrown;
    });
    return this.#place;
  }
}

/** Where a token is in the store, and what it is encrypted with. */
interface Place {
  readonly key: string;
  readonly cipherKey: Buffer;
}

async function placeOf({ name, secret }: TokenSource): Promise<Place> {
  const derived = Buffer.from(hkdfSync("sha256", await secret(), "", name, 48));
  return {
    key: `${name}/${derived.toString("hex", 32)}`,
    cipherKey: derived.subarray(0, 32),
  };
}

function sealed(token: string, cipherKey: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", cipherKey, iv);
  const text = Buffer.concat([cipher.update(token, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64url");
}

/** Undefined where somebody else has written it. */
function opened(text: string, cipherKey: Buffer): string | undefined {
  const bytes = Buffer.from(text, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", cipherKey, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return decipher.update(bytes.subarray(28), undefined, "utf8") + decipher.final("utf8");
  } catch {
    return undefined;
  }
}
