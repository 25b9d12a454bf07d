/**
 * Longest text in one event of a stream, in UTF-16 units. Readers with a limit for a line break at longer ones
 * (aiohttp's is 128 KiB), and as JSON a character may take six bytes.
 */
export const maxPieceLength = 10_000;

/** A text cut into pieces that fit into an event each. No character is cut in two. */
export function textPieces(text: string): readonly string[] {
  if (text.length <= maxPieceLength) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + maxPieceLength, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
