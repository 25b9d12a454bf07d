import type { Fields, ReasoningEffort } from "@agproxy/core";

/** Clients' words for effort. The vocabulary ends at `xhigh`, and so do the vendors. */
const efforts: ReadonlyMap<string, ReasoningEffort> = new Map([
  ["none", "none"],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  ["max", "xhigh"],
  ["ultra", "xhigh"],
]);

/** The effort that the field `key` asks for; an empty word asks for none in particular. */
export function readEffort(fields: Fields, key: string): ReasoningEffort | undefined {
  const word = fields.string(key);
  if (word === undefined || word === "") return undefined;
  const known = efforts.get(word);
  if (known === undefined) throw fields.wrong(key, `one of ${[...efforts.keys()].join(", ")}`);
  return known;
}
