import { randomFillSync } from "node:crypto";

/** The id and time of one answer. Made once by core, so that encoders stay pure. */
export interface Stamp {
  /** A `randomId`. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
}

/**
 * A stamp with a new id and the time of now.
 *
 * @example
 * const { id, created } = newStamp();
 */
export function newStamp(): Stamp {
  return { id: randomId(), created: Math.floor(Date.now() / 1000) };
}

const idBytes = 16;
/** Random bytes for 256 ids: drawing them one by one takes longer. */
const drawn = Buffer.alloc(256 * idBytes);
let used = drawn.length;

/** An id of 32 hexadecimal digits that nobody can guess. */
export function randomId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += idBytes;
  return drawn.toString("hex", used - idBytes, used);
}
