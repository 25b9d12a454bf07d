/** When each holder's time is over, in milliseconds since the epoch. */
type Places = Readonly<Record<string, number>>;

/** How a store keeps the places of a key as one text. Nobody else may write between the calls. */
interface PlaceTexts {
  read(key: string): string | undefined;
  /** `expires` is in milliseconds since the epoch. */
  write(key: string, text: string, expires: number): void;
  remove(key: string): void;
  now(): number;
}

/** `Store.claim` and `Store.release`, at once. */
export class PlaceList {
  readonly #texts: PlaceTexts;

  constructor(texts: PlaceTexts) {
    this.#texts = texts;
  }

  claim(key: string, holder: string, ttlMs: number, places: number): number {
    const now = this.#texts.now();
    const held = this.#read(key).filter(([, ends]) => ends > now);
    const others = held.filter(([name]) => name !== holder);
    if (others.length === held.length && held.length >= places) {
      return held.length === 0 ? ttlMs : Math.min(...held.map(([, ends]) => ends)) - now;
    }
    this.#write(key, [...others, [holder, now + ttlMs]]);
    return 0;
  }

  release(key: string, holder: string): void {
    const held = this.#read(key);
    const others = held.filter(([name]) => name !== holder);
    if (others.length === held.length) return;
    if (others.length === 0) this.#texts.remove(key);
    else this.#write(key, others);
  }

  #read(key: string): readonly (readonly [string, number])[] {
    const text = this.#texts.read(key);
    return text === undefined ? [] : Object.entries(JSON.parse(text) as Places);
  }

  #write(key: string, held: readonly (readonly [string, number])[]): void {
    const expires = held.reduce((last, [, ends]) => Math.max(last, ends), 0);
    this.#texts.write(key, JSON.stringify(Object.fromEntries(held)), expires);
  }
}
