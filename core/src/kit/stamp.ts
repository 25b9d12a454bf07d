import { randomFillSync } from "node:crypto";

/** What makes an answer one of its own. */
export interface Stamp {
  /** A `randomId`. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
}

/** The stamp of an answer that begins now. */
export function newStamp(): Stamp {
  return { id: randomId(), created: Math.floor(Date.now() / 1000) };
}

/** In bytes. */
const idSize = 16;
const drawn = Buffer.alloc(256 * idSize);
let used = drawn.length;

/** An id that nobody can guess: 32 hexadecimal digits. Drawing bytes for one takes longer than drawing them for many. */
export function randomId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += idSize;
  return drawn.toString("hex", used - idSize, used);
}
