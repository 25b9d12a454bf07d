/** A wildcard pattern, prepared once. */
export interface Pattern {
  /** How many characters are not `*`: the more, the more specific. */
  readonly literals: number;
  /** Whether a name fits. The name must be in lower case. */
  fits(lowerName: string): boolean;
}

/**
 * Prepares a pattern in which `*` stands for any run of characters, the empty one included. Case is ignored.
 *
 * `fits` looks for the pieces between the stars from left to right and never backtracks: its time is linear, so no
 * name that a client sends can make it slow.
 */
export function preparePattern(text: string): Pattern {
  const pieces = text.toLowerCase().split("*");
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  const middle = pieces.slice(1, -1).filter((piece) => piece !== "");
  const literals = pieces.reduce((sum, piece) => sum + piece.length, 0);

  function fits(name: string): boolean {
    if (pieces.length === 1) return name === first;
    if (name.length < literals || !name.startsWith(first) || !name.endsWith(last)) return false;
    const end = name.length - last.length;
    let position = first.length;
    for (const piece of middle) {
      const found = name.indexOf(piece, position);
      if (found === -1) return false;
      position = found + piece.length;
    }
    return position <= end;
  }

  return { literals, fits };
}
