import type { Citation } from "@agproxy/core";
import { count } from "../shape.ts";

/** The text a choice has shown, and where each of its parts begins. */
export interface ShownText {
  readonly text: string;
  /** Positions in `text`, in UTF-16 units. */
  readonly partStarts: readonly number[];
}

export type Range = Pick<Citation, "start" | "end">;

/** Finds places in a text. What it learns of the text is kept, so that many citations cost linear time. */
export interface TextPlaces {
  /** Where a part begins. */
  partStart(index: number): number;
  /** Byte offsets from the start of a part, as positions in the text; nothing where they lie outside of it. */
  range(partStart: number, from: unknown, to: unknown): Range;
  /** Whether the text in a range is these words. */
  says(range: Range, words: string): boolean;
  /** The first place of these words; nothing where there is none. */
  search(words: string): Range;
}

/** Each word that is looked for may cost a read of the whole text, so many of them in a long one are not. */
const maxSearchedCharacters = 64 * 1024 * 1024;

export function textPlaces({ text, partStarts }: ShownText): TextPlaces {
  let bytes: ByteOffsets | undefined;
  let searched = 0;
  return {
    partStart: (index) => partStarts[index] ?? 0,
    range(partStart, from, to) {
      const [first, last] = [count(from) ?? 0, count(to)];
      if (last === undefined || first >= last) return {};
      bytes ??= byteOffsets(text);
      const start = bytes.before(partStart);
      if (start + last > bytes.before(text.length)) return {};
      return { start: bytes.position(start + first), end: bytes.position(start + last) };
    },
    says: ({ start, end }, words) =>
      start !== undefined && end !== undefined && text.slice(start, end) === words,
    search(words) {
      if (searched > maxSearchedCharacters) return {};
      searched += text.length;
      const start = text.indexOf(words);
      return start === -1 ? {} : { start, end: start + words.length };
    },
  };
}

/** How positions in UTF-16 units and offsets in UTF-8 bytes belong together. */
interface ByteOffsets {
  /** How many bytes are before a position. */
  before(position: number): number;
  /** The position at an offset; the one after the character where the offset is inside of one. */
  position(offset: number): number;
}

function byteOffsets(text: string): ByteOffsets {
  // Most texts: there each position is its own offset.
  if (Buffer.byteLength(text) === text.length) {
    return { before: (position) => position, position: (offset) => offset };
  }
  const offsets = offsetsOf(text);
  return {
    before: (position) => offsets[position] ?? 0,
    position(offset) {
      let [low, high] = [0, text.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((offsets[middle] ?? 0) < offset) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

/** The bytes before each UTF-16 unit, and at last before the end. */
function offsetsOf(text: string): Uint32Array {
  const offsets = new Uint32Array(text.length + 1);
  let bytes = 0;
  let index = 0;
  for (const character of text) {
    offsets[index] = bytes;
    const size = byteSize(character.codePointAt(0) ?? 0);
    // Between the halves of a surrogate pair no character ends; an offset inside of it is taken for this place.
    if (character.length === 2) offsets[index + 1] = bytes + size - 1;
    bytes += size;
    index += character.length;
  }
  offsets[index] = bytes;
  return offsets;
}

/** Source: RFC 3629 section 3. A half of a surrogate pair counts as U+FFFD, which it becomes. */
function byteSize(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x8_00) return 2;
  return point < 0x1_00_00 ? 3 : 4;
}
