import { AgproxyError } from "../errors/agproxy-error.ts";
import { yieldToEventLoop } from "./event-loop.ts";
import type { JsonOutline, Stretch } from "./json-outline.ts";
import { pieceEnd, isPlain } from "./json-string.ts";
import { randomId } from "./stamp.ts";

/** What is parsed between two turns of the event loop: a millisecond of work, or two. */
const turnBytes = 512 * 1024;

const space = 32;
const colon = 58;

/**
 * Parses a long JSON with turns of the event loop between, to the value that `JSON.parse` would give. What the outline has
 * found is parsed by itself, by `JSON.parse` too, and put in the place of a word that stood for it. Throws `invalid_json`.
 */
export function parseLongJson(bytes: Buffer, outline: JsonOutline): Promise<unknown> {
  if (outline.brokenAt !== undefined) throw invalid(outline.brokenAt, bytes);
  return new LongJson(bytes).whole(outline.stretches);
}

function invalid(at: number, { byteLength }: Buffer): AgproxyError {
  const where = `near byte ${at} of ${byteLength}`;
  return new AgproxyError("invalid_json", `The request body is not valid JSON (${where}).`);
}

class LongJson {
  readonly #bytes: Buffer;
  /** Begins the words that stand for stretches. Nobody can guess it, so no text has it. */
  readonly #mark = randomId();
  #sinceTurn = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  whole(stretches: readonly Stretch[]): Promise<unknown> {
    return this.#parse(["", ""], 0, this.#bytes.byteLength, stretches);
  }

  #value(stretch: Stretch): Promise<unknown> {
    if (stretch.kind === "string") return this.#string(stretch.from + 1, stretch.to - 1);
    return stretch.kind === "list" ? this.#list(stretch) : this.#object(stretch);
  }

  async #list(stretch: Stretch): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    for await (const items of this.#segments(stretch, ["[", "]"])) {
      for (const item of items as readonly unknown[]) all.push(item);
    }
    return all;
  }

  async #object(stretch: Stretch): Promise<object> {
    const all = {};
    for await (const fields of this.#segments(stretch, ["{", "}"])) {
      for (const [key, value] of Object.entries(fields as object)) put(all, key, value);
    }
    return all;
  }

  async *#segments(
    { from, to, cuts, inner }: Stretch,
    brackets: readonly [string, string],
  ): AsyncGenerator<unknown, void, undefined> {
    const ends = [...cuts, to - 1];
    let at = from + 1;
    let next = 0;
    for (const end of ends) {
      const first = next;
      while (next < inner.length && inner[next]!.from < end) next += 1;
      if (this.#isBlank(at, end)) throw invalid(end, this.#bytes);
      yield await this.#parse(brackets, at, end, inner.slice(first, next));
      at = end + 1;
    }
  }

  /** Parses what stands from `from` to `to`, in brackets. */
  async #parse(
    [open, close]: readonly [string, string],
    from: number,
    to: number,
    inner: readonly Stretch[],
  ): Promise<unknown> {
    const values: unknown[] = [];
    let text = open;
    let at = from;
    for (const stretch of inner) {
      if (stretch.kind === "string" && this.#isKey(stretch.to)) continue;
      text += `${this.#text(at, stretch.from)}"${this.#mark}${values.length}"`;
      values.push(await this.#value(stretch));
      at = stretch.to;
    }
    text += this.#text(at, to) + close;
    await this.#work(text.length);
    try {
      return JSON.parse(text, values.length === 0 ? undefined : this.#revived(values));
    } catch {
      // Without a cause, which is logged: V8's message quotes the body.
      throw invalid(from, this.#bytes);
    }
  }

  /** Puts values in the place of the words that stand for them. */
  #revived(values: readonly unknown[]): (key: string, value: unknown) => unknown {
    return (_key, value) =>
      typeof value === "string" && value.startsWith(this.#mark)
        ? values[Number(value.slice(this.#mark.length))]
        : value;
  }

  /** The string whose content stands from `from` to `to`. Most are base64, which is copied as it is. */
  async #string(from: number, to: number): Promise<string> {
    if (await this.#isPlain(from, to)) return this.#bytes.toString("latin1", from, to);
    const texts: string[] = [];
    for (let at = from; at < to;) {
      const end = pieceEnd(this.#bytes, at, Math.min(at + turnBytes, to), to);
      const piece: unknown = await this.#parse(['"', '"'], at, end, []);
      texts.push(String(piece));
      at = end;
    }
    return texts.join("");
  }

  async #isPlain(from: number, to: number): Promise<boolean> {
    for (let at = from; at < to; at += turnBytes) {
      await this.#work(turnBytes / 2);
      if (!isPlain(this.#bytes, at, Math.min(at + turnBytes, to))) return false;
    }
    return true;
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString("utf8", from, to);
  }

  /** Whether a string that ended at `from` is a key. The outline cannot tell where the end of what it reads is between. */
  #isKey(from: number): boolean {
    return this.#bytes[this.#afterSpace(from, this.#bytes.byteLength)] === colon;
  }

  #isBlank(from: number, to: number): boolean {
    return this.#afterSpace(from, to) === to;
  }

  #afterSpace(from: number, to: number): number {
    let at = from;
    while (at < to && this.#bytes[at]! <= space) at += 1;
    return at;
  }

  /** Before so much work: lets others have their turn where enough was done. */
  async #work(length: number): Promise<void> {
    this.#sinceTurn += length;
    if (this.#sinceTurn < turnBytes) return;
    this.#sinceTurn = length;
    await yieldToEventLoop();
  }
}

/** As `JSON.parse` does: `__proto__` is a field like others. */
function put(target: object, key: string, value: unknown): void {
  if (key !== "__proto__") Object.assign(target, { [key]: value });
  else {
    Object.defineProperty(target, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}
