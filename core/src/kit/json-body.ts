import { isObject } from "./fields.ts";

/** A list of fewer items is written in one go. */
const longListItems = 64;
/** Characters between two turns of the event loop: a few milliseconds. */
const sliceLength = 512 * 1024;

/**
 * What `JSON.stringify` makes of an object that came from JSON, as text where it is short. Long lists in it, or
 * in an object in it, such as the messages of a conversation, are written bit by bit: a request of ten megabytes
 * would otherwise hold up every stream for as long as it takes.
 */
export function jsonBody(object: object): string | Promise<Uint8Array> {
  return hasLongList(object) ? inSlices(object) : JSON.stringify(object);
}

/** Whether there is one in it, or in an object in it. */
function hasLongList(object: object, levels = 1): boolean {
  for (const key in object) {
    const value: unknown = object[key as keyof typeof object];
    if (isLongList(value)) return true;
    if (levels > 0 && isObject(value) && hasLongList(value, levels - 1)) return true;
  }
  return false;
}

async function inSlices(object: object): Promise<Uint8Array> {
  const slices: Buffer[] = [];
  let text = "";
  for (const piece of pieces(object, 2)) {
    text += piece;
    if (text.length < sliceLength) continue;
    slices.push(Buffer.from(text));
    text = "";
    await yieldToEventLoop();
  }
  slices.push(Buffer.from(text));
  return Buffer.concat(slices);
}

/** The text of a value; items of long lists by themselves, down to as many levels as there are left. */
function* pieces(value: unknown, levels: number): Generator<string, void, undefined> {
  if (isLongList(value)) {
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

function isLongList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length >= longListItems;
}

/**
 * Resolves when the event loop has been to everybody else. Work on something long stops here now and then:
 * while it goes on, no stream gets its events.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
