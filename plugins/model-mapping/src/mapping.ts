import { remember } from "@agproxy/core";
import { type Pattern, preparePattern } from "./pattern.ts";
import { keep, maxNameLength, type Rule } from "./rule.ts";

export interface MappingRules {
  readonly own: readonly Rule[];
  readonly table: readonly Rule[];
  /** The model for names that no rule fits. */
  readonly fallback: string | undefined;
}

export interface Mapping {
  /** The model a name means; undefined leaves it as it is. */
  resolve(name: string): string | undefined;
  /** Every rule that fits a name; the first one decides. */
  matching(name: string): readonly Rule[];
}

const maxCachedNames = 1000;

/** The user's rules, then the table, then the default: one step, no chains. */
export function createMapping({ own, table, fallback }: MappingRules): Mapping {
  const books = [createRulebook(own), createRulebook(table)] as const;

  const matching = (name: string) => books.flatMap((book) => book.matching(name));
  const cached = remember(maxCachedNames, (name) => modelOf(matching(name)[0], fallback));

  function resolve(name: string): string | undefined {
    if (name.length > maxNameLength) return undefined;
    const exact = books[0].exact(name);
    return exact === undefined ? cached(name) : modelOf(exact, fallback);
  }

  return { resolve, matching: (name) => (name.length > maxNameLength ? [] : matching(name)) };
}

function modelOf(rule: Rule | undefined, fallback: string | undefined): string | undefined {
  if (rule === undefined) return fallback;
  return rule.model === keep ? undefined : rule.model;
}

/** The rules of one source, prepared for looking names up. */
interface Rulebook {
  /** The rule whose pattern is the name, in the same case. */
  exact(name: string): Rule | undefined;
  /** Every rule that fits a name; the first one decides. */
  matching(name: string): readonly Rule[];
}

interface Wildcard extends Pattern {
  readonly rule: Rule;
}

/** Sorts rules by precedence: same case, other case, then wildcards by literal characters, then by place. */
function createRulebook(rules: readonly Rule[]): Rulebook {
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
    const otherCase = (folded.get(lower) ?? []).filter((rule) => rule !== same);
    const fitting = wildcards.filter((wildcard) => wildcard.fits(lower)).map(({ rule }) => rule);
    return [...(same === undefined ? [] : [same]), ...otherCase, ...fitting];
  }

  return { exact: (name) => exact.get(name), matching };
}
