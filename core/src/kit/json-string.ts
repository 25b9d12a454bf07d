const backslash = 92;
const letterU = 117;
/** Of `\u0041`, and of other escapes. */
const unicodeEscapeBytes = 6;
const escapeBytes = 2;
/** More of them in a row are no UTF-8, and each stands for itself. */
const maxContinuations = 3;

/** In each byte of a word: the first that is no control character, a backslash, one, and the bit that ASCII lacks. */
const spaces = 0x20202020;
const backslashes = 0x5c5c5c5c;
const ones = 0x01010101;
const highBits = 0x80808080;

/**
 * Whether the content of a JSON string stands for itself, byte by byte: ASCII without escapes and control characters. Four bytes are
 * looked at in one step, which takes a third of what a regular expression does. Source: https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord
 */
export function isPlain(bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  for (; at < to && (bytes.byteOffset + at) % 4 !== 0; at += 1) {
    if (!isPlainByte(bytes[at]!)) return false;
  }
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2);
  let found = 0;
  for (const word of words) {
    const escape = word ^ backslashes;
    found |= word | ((word - spaces) & ~word) | ((escape - ones) & ~escape);
  }
  if ((found & highBits) !== 0) return false;
  for (at += words.length * 4; at < to; at += 1) if (!isPlainByte(bytes[at]!)) return false;
  return true;
}

function isPlainByte(byte: number): boolean {
  return byte >= 0x20 && byte < 0x80 && byte !== backslash;
}

/**
 * Where the content of a JSON string that begins at `from` can be cut, at `atLeast` or soon after it: not in an escape, nor in a
 * character of several bytes.
 */
export function pieceEnd(bytes: Buffer, from: number, atLeast: number, to: number): number {
  let at = from;
  while (at < atLeast) {
    if (bytes[at] !== backslash) at += 1;
    else at += bytes[at + 1] === letterU ? unicodeEscapeBytes : escapeBytes;
  }
  for (let more = 0; more < maxContinuations && isContinuation(bytes[at]); more += 1) at += 1;
  return Math.min(at, to);
}

/** A byte within a character of UTF-8. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
