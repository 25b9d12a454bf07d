import { AgproxyError } from "../errors/agproxy-error.ts";
import type { JsonOutline } from "./json-outline.ts";

const space = 32;
const quote = 34;
const comma = 44;
const colon = 58;
const bracket = 91;
const backslash = 92;
const closingBracket = 93;
const brace = 123;
const closingBrace = 125;

/** Deeper nesting than any client writes. V8 takes seconds for megabytes of `[`. */
const maxDepth = 1000;

/** How much a JSON may have. */
export interface ValueLimits {
  /** Items of one list, or fields of one object. */
  readonly items: number;
  /** Values in all. */
  readonly values: number;
}

/** What can be parsed quickly. */
const parseLimits: ValueLimits = { items: 131_072, values: 1_100_000 };

/** What can also be read, translated and written quickly: a conversation is, in steps of one go each. */
export const bodyLimits: ValueLimits = { items: 16_384, values: 400_000 };

/** Different keys in all: V8 keeps each in a table, which takes far longer than a value. */
const maxKeys = 131_072;

/** Characters of one key. It cannot be parsed in pieces. */
const maxKeyLength = 1024 * 1024;

/**
 * Counts what makes JSON slow to parse, without parsing it: depth, items, values and keys. It reads text piece by piece, so that the
 * event loop gets its turn between the pieces, and passes over strings at the speed of a search. The numbers are those of
 * docs/decisions/0015-bounds-of-bodies.md.
 */
export class JsonBounds {
  #inString = false;
  /** Whether the next character of a string is escaped. */
  #isEscaped = false;
  #values = 0;
  readonly #limits: ValueLimits;
  readonly #outline: JsonOutline | undefined;
  /** Where in the whole the text begins that is read now. */
  #offset = 0;
  /** Where in the whole the last string began. */
  #stringFrom = 0;
  readonly #keys = new Set<string>();
  /** The items of each open list or object, from the outermost. */
  readonly #items: number[] = [0];

  /** `outline` is told what stands where. */
  constructor(limits: ValueLimits = parseLimits, outline?: JsonOutline) {
    this.#limits = limits;
    this.#outline = outline;
  }

  /** How many values there were, roughly. */
  get values(): number {
    return this.#values;
  }

  /** Throws `invalid_request` where there is too much of something. */
  read(text: string): void {
    let at = this.#inString ? this.#afterString(text, 0) : 0;
    for (; at < text.length; at += 1) {
      const character = text.charCodeAt(at);
      if (character === quote) {
        this.#stringFrom = this.#offset + at;
        at = this.#afterString(text, at + 1) - 1;
      } else if (character === comma) this.#count(at);
      else if (character === bracket || character === brace) this.#open(at, character === bracket);
      else if (character === closingBracket || character === closingBrace) {
        this.#items.pop();
        this.#outline?.close(this.#offset + at, character === closingBracket);
      }
    }
    this.#offset += text.length;
  }

  /** The string that ended before `at` is over. */
  #endString(text: string, at: number): void {
    const from = this.#stringFrom - this.#offset;
    const key = isKey(text, at);
    if (key) this.#addKey(text.slice(Math.max(from + 1, 0), at - 1), at - from);
    this.#outline?.string(this.#stringFrom, this.#offset + at, key);
  }

  #addKey(key: string, length: number): void {
    if (length > maxKeyLength) {
      throw tooMuch(`has a key of more than ${maxKeyLength} characters`, "a shorter one");
    }
    if (this.#keys.add(key).size > maxKeys) {
      throw tooMuch(`has more than ${maxKeys} different keys`, "fewer of them");
    }
  }

  #open(at: number, isList: boolean): void {
    this.#values += 1;
    this.#outline?.open(this.#offset + at, isList);
    if (this.#items.push(0) > maxDepth) throw tooMuch("is nested too deeply", "fewer levels");
  }

  #count(at: number): void {
    this.#outline?.comma(this.#offset + at);
    const deepest = this.#items.length - 1;
    const items = (this.#items[deepest] ?? 0) + 1;
    this.#items[deepest] = items;
    this.#values += 1;
    const { items: maxItems, values: maxValues } = this.#limits;
    if (items >= maxItems) {
      throw tooMuch(`has more than ${maxItems} items in one list or object`, "fewer of them");
    }
    if (this.#values > maxValues) throw tooMuch(`has more than ${maxValues} values`, "fewer");
  }

  /** Where it goes on after the string that is open at `from`. */
  #afterString(text: string, from: number): number {
    let at = from;
    if (this.#isEscaped) at += 1;
    this.#isEscaped = false;
    this.#inString = true;
    for (;;) {
      const end = text.indexOf('"', at);
      const upTo = end === -1 ? text.length : end;
      let escapes = 0;
      while (upTo - escapes > at && text.charCodeAt(upTo - escapes - 1) === backslash) escapes += 1;
      const isEscaped = escapes % 2 === 1;
      if (end === -1) {
        this.#isEscaped = isEscaped;
        return text.length;
      }
      at = end + 1;
      if (isEscaped) continue;
      this.#inString = false;
      this.#endString(text, at);
      return at;
    }
  }
}

/** Whether a string that ended at `from` is a key. */
function isKey(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= space) at += 1;
  return text.charCodeAt(at) === colon;
}

function tooMuch(what: string, instead: string): AgproxyError {
  const advice = `Send ${instead}.`;
  return new AgproxyError("invalid_request", `The JSON ${what}.`, { advice });
}
