import { type Pattern, preparePattern } from "./pattern.ts";
import type { Rule } from "./rule.ts";

/** Rules of one origin, prepared for looking names up. */
export interface Rulebook {
  /** The rule whose pattern is the name, letter for letter. */
  exact(name: string): Rule | undefined;
  /** Every rule that fits, the one that counts first. */
  matching(name: string): readonly Rule[];
}

interface Wildcard extends Pattern {
  readonly rule: Rule;
}

/** Exact letter for letter, exact but for case, then wildcards: most literal characters, then first written. */
export function createRulebook(rules: readonly Rule[]): Rulebook {
  const wild = rules.filter((rule) => rule.pattern.includes("*"));
  const plain = rules.filter((rule) => !rule.pattern.includes("*"));
  const exact = new Map(plain.map((rule) => [rule.pattern, rule]));
  const folded = Map.groupBy(plain, (rule) => rule.pattern.toLowerCase());
  const wildcards = wild
    .map((rule): Wildcard => ({ rule, ...preparePattern(rule.pattern) }))
    .toSorted((a, b) => b.literals - a.literals);

  function matching(name: string): readonly Rule[] {
    const lower = name.toLowerCase();
    const same = exact.get(name);
    const alike = (folded.get(lower) ?? []).filter((rule) => rule !== same);
    const fitting = wildcards.filter((wildcard) => wildcard.fits(lower)).map(({ rule }) => rule);
    return [...(same === undefined ? [] : [same]), ...alike, ...fitting];
  }

  return { exact: (name) => exact.get(name), matching };
}
