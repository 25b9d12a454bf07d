/**
 * Whether a text fits a pattern in which `*` stands for any run of characters. Looks for the pieces between
 * the stars from left to right and never goes back, so that no text can make it slow.
 *
 * @example
 * const isPicture = fits("image/*", "image/png");
 */
export function fits(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, position);
    if (found === -1) return false;
    position = found + piece.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
