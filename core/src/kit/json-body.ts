import { yieldToEventLoop } from "./event-loop.ts";
import { joinedBytes } from "./joined-bytes.ts";

/** Lists from this length on are written in slices. */
const slicedListItems = 64;
/** Where such lists are looked for. */
const listLevels = 2;
/** What is written between two turns of the event loop: some milliseconds of work. */
const sliceCharacters = 512 * 1024;
/** How deep a request is looked into: to the pictures in the parts of a message, not into the schemas of tools. */
const levels = 7;

/**
 * The JSON of an object that came from JSON: text, or a promise of bytes where it is long: a long list in its first two levels,
 * such as the messages of a conversation, or long strings, such as pictures. That is written in slices with a turn of the event
 * loop between them, because the JSON of ten megabytes in one piece would stop every open stream.
 *
 * @example
 * const body = await jsonBody(wireRequest);
 */
export function jsonBody(object: object): string | Promise<Uint8Array> {
  return isLong(object) ? inSlices(object) : withoutLoneSurrogates(JSON.stringify(object));
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

/** Whether an object has a long list in its first levels, or more than a slice of text anywhere. */
function isLong(object: object): boolean {
  return charactersIn(object, levels) > sliceCharacters;
}

/** The length of all strings in a value; endless where it has a long list in its first levels. */
function charactersIn(value: unknown, below: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || below === 0) return 0;
  let characters = 0;
  if (Array.isArray(value)) {
    if (value.length >= slicedListItems && below >= levels - listLevels) return Infinity;
    for (let at = 0; at < value.length; at += 1) characters += charactersIn(value[at], below - 1);
    return characters;
  }
  for (const key in value) {
    const field: unknown = value[key as keyof typeof value];
    if (typeof field === "string") characters += field.length;
    else if (below > 1) characters += charactersIn(field, below - 1);
  }
  return characters;
}

async function inSlices(object: object): Promise<Uint8Array> {
  const slices: Buffer[] = [];
  let text = "";
  for (const piece of pieces(object, levels)) {
    text += piece;
    if (text.length < sliceCharacters) continue;
    slices.push(Buffer.from(withoutLoneSurrogates(text)));
    text = "";
    await yieldToEventLoop();
  }
  slices.push(Buffer.from(withoutLoneSurrogates(text)));
  return joinedBytes(slices);
}

/** The JSON of a value in pieces: each item of a long list, or of one with long text in it, is one. */
function* pieces(value: unknown, below: number): Generator<string, void, undefined> {
  if (charactersIn(value, below) <= sliceCharacters) yield JSON.stringify(value) ?? "null";
  else if (typeof value === "string") yield* stringPieces(value);
  else if (Array.isArray(value)) {
    let before = "[";
    for (const item of value as readonly unknown[]) {
      yield before;
      yield* pieces(item, below - 1);
      before = ",";
    }
    yield "]";
  } else {
    let before = "{";
    for (const [key, field] of Object.entries(value as object)) {
      if (field === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* pieces(field, below - 1);
      before = ",";
    }
    yield "}";
  }
}

/** The JSON of a long string. It is not cut between the halves of a surrogate pair: each alone would be written as an escape. */
function* stringPieces(text: string): Generator<string, void, undefined> {
  yield '"';
  for (let at = 0; at < text.length;) {
    let end = at + sliceCharacters / 2;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    yield JSON.stringify(text.slice(at, end)).slice(1, -1);
    at = end;
  }
  yield '"';
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
