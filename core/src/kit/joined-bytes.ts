import { yieldToEventLoop } from "./event-loop.ts";

/** To copy so much takes a millisecond or two: the memory that it goes to is new. */
const turnBytes = 2 * 1024 * 1024;

/** As `Buffer.concat`, with turns of the event loop between, and each piece is free once it is copied. Empties the list. */
export async function joinedBytes(pieces: Buffer[]): Promise<Buffer> {
  const size = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const all = Buffer.allocUnsafeSlow(size);
  let at = 0;
  let sinceTurn = 0;
  pieces.reverse();
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    at += piece.copy(all, at);
    sinceTurn += piece.byteLength;
    if (sinceTurn < turnBytes) continue;
    sinceTurn = 0;
    await yieldToEventLoop();
  }
  return all;
}
