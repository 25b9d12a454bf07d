import { fits } from "@agproxy/core";

/** A wildcard pattern, prepared once. */
export interface Pattern {
  /** How many characters are not `*`: the more, the more specific. */
  readonly literals: number;
  /** Whether a name fits. The name must be in lower case. */
  fits(lowerName: string): boolean;
}

/** Prepares a pattern in which `*` stands for any run of characters, the empty one included. Case is ignored. */
export function preparePattern(text: string): Pattern {
  const pattern = text.toLowerCase();
  return { literals: pattern.replaceAll("*", "").length, fits: (name) => fits(pattern, name) };
}
