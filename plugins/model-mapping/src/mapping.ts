import { remember } from "@agproxy/core";
import { createRulebook } from "./rulebook.ts";
import { keep, nameLimit, type Rule } from "./rule.ts";

export interface MappingRules {
  readonly own: readonly Rule[];
  readonly table: readonly Rule[];
  readonly fallback: string | undefined;
}

export interface Mapping {
  /** The model a name means; undefined leaves it as it is. */
  resolve(name: string): string | undefined;
  /** Every rule that fits, the one that counts first. */
  matching(name: string): readonly Rule[];
}

/** How many names without an exact rule are remembered. */
const remembered = 1000;

/** The user's rules, then the table, then the default: one step, no chains. */
export function createMapping({ own, table, fallback }: MappingRules): Mapping {
  const books = [createRulebook(own), createRulebook(table)] as const;

  const matching = (name: string) => books.flatMap((book) => book.matching(name));
  const recall = remember(remembered, (name) => modelOf(matching(name)[0], fallback));

  function resolve(name: string): string | undefined {
    if (name.length > nameLimit) return undefined;
    const exact = books[0].exact(name);
    return exact === undefined ? recall(name) : modelOf(exact, fallback);
  }

  return { resolve, matching: (name) => (name.length > nameLimit ? [] : matching(name)) };
}

function modelOf(rule: Rule | undefined, fallback: string | undefined): string | undefined {
  if (rule === undefined) return fallback;
  return rule.model === keep ? undefined : rule.model;
}
