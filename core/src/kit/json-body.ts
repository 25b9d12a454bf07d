import { isObject } from "./fields.ts";

/** Lists from this length on are written in slices. */
const slicedListItems = 64;
/** What is written between two turns of the event loop: some milliseconds of work. */
const sliceCharacters = 512 * 1024;

/**
 * The JSON of an object that came from JSON: text, or a promise of bytes where it has a long list in its first two levels,
 * such as the messages of a conversation. That is written in slices with a turn of the event loop between them, because
 * the JSON of ten megabytes in one piece would stop every open stream.
 *
 * @example
 * const body = await jsonBody(wireRequest);
 */
export function jsonBody(object: object): string | Promise<Uint8Array> {
  return hasSlicedList(object) ? inSlices(object) : withoutLoneSurrogates(JSON.stringify(object));
}

/**
 * JSON text with U+FFFD in place of halves of surrogate pairs. `JSON.stringify` writes those as escapes, which stricter
 * parsers than JavaScript's refuse with the whole body. A search for the escape's first letters
 * takes 50 µs in a body of 100 KB, which takes 300 µs to write; `isWellFormed` finds nothing in JSON text, and asked of
 * every string it is slower.
 */
function withoutLoneSurrogates(json: string): string {
  if (!json.includes("\\ud")) return json;
  // Every escape is matched whole, because `\\ud800` may also be a backslash and the letters of a text.
  return json.replaceAll(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (escape, lone?: string) =>
    lone === undefined ? escape : "\uFFFD",
  );
}

function hasSlicedList(object: object, levels = 1): boolean {
  for (const key in object) {
    const value: unknown = object[key as keyof typeof object];
    if (isSlicedList(value)) return true;
    if (levels > 0 && isObject(value) && hasSlicedList(value, levels - 1)) return true;
  }
  return false;
}

async function inSlices(object: object): Promise<Uint8Array> {
  const slices: Buffer[] = [];
  let text = "";
  for (const piece of pieces(object, 2)) {
    text += piece;
    if (text.length < sliceCharacters) continue;
    slices.push(Buffer.from(withoutLoneSurrogates(text)));
    text = "";
    await yieldToEventLoop();
  }
  slices.push(Buffer.from(withoutLoneSurrogates(text)));
  return Buffer.concat(slices);
}

/** The JSON of a value in pieces: each item of a long list is one. `levels` is how deep lists are looked for. */
function* pieces(value: unknown, levels: number): Generator<string, void, undefined> {
  if (isSlicedList(value)) {
    let before = "[";
    for (const item of value) {
      yield before + (JSON.stringify(item) ?? "null");
      before = ",";
    }
    yield "]";
  } else if (levels > 0 && isObject(value)) {
    let before = "{";
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* pieces(field, levels - 1);
      before = ",";
    }
    yield before === "{" ? "{}" : "}";
  } else yield JSON.stringify(value);
}

function isSlicedList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length >= slicedListItems;
}

/**
 * Resolves after one turn of the event loop. Work of many milliseconds must await it now and then, because no stream
 * gets its events meanwhile. Each turn goes to one of those that wait: were a hundred to go on in the same one, all others
 * would wait for a hundred steps. It is the last that came, so that what is begun is done and its memory is free, and every
 * fourth time the first, so that nobody waits for ever.
 *
 * @example
 * for (const part of parts) {
 *   translate(part);
 *   await yieldToEventLoop();
 * }
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(passTurn);
  });
}

const waiting: (() => void)[] = [];
let turns = 0;

function passTurn(): void {
  turns += 1;
  const next = turns % 4 === 0 ? waiting.shift() : waiting.pop();
  next?.();
  if (waiting.length > 0) setImmediate(passTurn);
}
