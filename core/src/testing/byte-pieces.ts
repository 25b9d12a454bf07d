/**
 * The bytes of a recorded stream in all ways of two reads: cut at each of its bytes.
 *
 * @example
 * for (const pieces of cutInTwo(bytes)) assert.deepEqual(eventsIn(pieces), eventsIn([bytes]));
 */
export function* cutInTwo(bytes: Uint8Array): Generator<readonly Uint8Array[], void, undefined> {
  for (let at = 1; at < bytes.length; at += 1) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/**
 * The bytes of a recorded stream, one a read.
 *
 * @example
 * assert.deepEqual(eventsIn(singleBytes(bytes)), eventsIn([bytes]));
 */
export function singleBytes(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/**
 * The bytes of a recorded stream in reads of many sizes: for recordings that are too long to be cut at each byte. The same
 * `seed` makes the same pieces.
 *
 * @example
 * for (let seed = 1; seed <= 8; seed += 1) eventsIn(randomPieces(bytes, seed));
 */
export function randomPieces(bytes: Uint8Array, seed: number): readonly Uint8Array[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const largest = 1 + Math.floor(random() * 200);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const size = 1 + Math.floor(random() * largest);
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
}
