import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * - `link`: opens the page once, from the fragment of a URL.
 * - `browser`: in a cookie; the browser has shown the key or a link.
 * - `page`: in a header; the request comes from the page in such a browser.
 */
export type Purpose = "link" | "browser" | "page";

const minuteMs = 60_000;

/** How long each is good, in milliseconds. */
export const lifetimes: Readonly<Record<Purpose, number>> = {
  link: 10 * minuteMs,
  browser: 7 * 24 * 60 * minuteMs,
  page: 12 * 60 * minuteMs,
};

/**
 * Passes that prove themselves: an end and a number, signed with the key. So every worker, and the next start, knows what
 * another one gave; and a new key ends them all.
 */
export class Passes {
  readonly #key: string;
  readonly #now: () => number;

  constructor(key: string, now: () => number = Date.now) {
    this.#key = key;
    this.#now = now;
  }

  give(purpose: Purpose): string {
    const end = (this.#now() + lifetimes[purpose]).toString(36);
    const told = `${end}.${randomBytes(9).toString("base64url")}`;
    return `${told}.${this.#sign(purpose, told)}`;
  }

  isGood(purpose: Purpose, pass: string): boolean {
    const [end = "", number = "", signature = "", ...more] = pass.split(".");
    if (more.length > 0 || !isEqual(signature, this.#sign(purpose, `${end}.${number}`)))
      return false;
    return Number.parseInt(end, 36) > this.#now();
  }

  /** Whether a text is the key itself. */
  isKey(text: string): boolean {
    return isEqual(text, this.#key);
  }

  #sign(purpose: Purpose, told: string): string {
    return createHmac("sha256", this.#key).update(`${purpose} ${told}`).digest("base64url");
  }
}

/** In a time that says nothing about the texts. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
