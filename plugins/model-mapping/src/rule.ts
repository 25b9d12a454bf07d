import { wrongOption } from "@agproxy/core";

/** One line of a mapping. */
export interface Rule {
  /** A name, in which `*` stands for any run of characters. */
  readonly pattern: string;
  /** What the name becomes; `"*"` keeps it. */
  readonly model: string;
  readonly from: "your rules" | "the default table";
}

/** A rule's model that means: leave the name as it is. */
export const keep = "*";

/** Longer names are not mapped: matching one against every rule would take a client's time from the others. */
export const maxNameLength = 200;

export type RuleInput =
  | Readonly<Record<string, string>>
  | readonly (readonly [pattern: string, model: string])[];

const example =
  '{ "gpt-4*": "gemini-2.5-flash" }, or a list of pairs: [["gpt-4*", "gemini-2.5-flash"]]';

/** Reads rules as a config file has them. `option` is where they stand in it, for the error. */
export function readRules(input: unknown, option: string, from: Rule["from"]): readonly Rule[] {
  const rules = pairs(input, option).map(([pattern, model]): Rule => {
    const patternFault = nameFault(pattern);
    if (patternFault !== undefined) {
      throw wrongRule(option, `has a pattern that ${patternFault}`);
    }
    const fault = nameFault(model) ?? starFault(model);
    if (fault !== undefined) throw wrongRule(`${option}["${pattern}"]`, fault);
    return { pattern, model, from };
  });
  refuseDuplicates(rules, option);
  refuseLoops(rules, option);
  return rules;
}

function wrongRule(path: string, fault: string): Error {
  return wrongOption("model-mapping", path, fault, example);
}

function pairs(input: unknown, option: string): readonly (readonly [string, string])[] {
  const wrong = () => wrongRule(option, "must be an object or a list of pairs");
  if (typeof input !== "object" || input === null) throw wrong();
  if (!Array.isArray(input)) return Object.entries(input);
  for (const pair of input) {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrong();
  }
  return input;
}

/** What keeps a value from being a name or a pattern. Config files in JSON are not type-checked, hence `unknown`. */
export function nameFault(value: unknown): string | undefined {
  if (typeof value !== "string") return "is not a text";
  if (value.trim() === "") return "is empty";
  if (/\s/.test(value)) return "has white space in it";
  if (value.length > maxNameLength) return `is longer than ${maxNameLength} characters`;
  return undefined;
}

function starFault(model: string): string | undefined {
  if (model === keep || !model.includes("*")) return undefined;
  return `maps to "${model}", but a model's name has no \`*\` (alone it keeps the name)`;
}

/** The second of two rules with one pattern would never apply, and nobody would notice. */
function refuseDuplicates(rules: readonly Rule[], option: string): void {
  const seen = new Map<string, Rule>();
  for (const rule of rules) {
    const isWild = rule.pattern.includes("*");
    const pattern = isWild ? rule.pattern.toLowerCase() : rule.pattern;
    const first = seen.get(pattern);
    if (first !== undefined) {
      const fault = `has "${rule.pattern}" twice, to "${first.model}" and to "${rule.model}"`;
      throw wrongRule(option, fault);
    }
    seen.set(pattern, rule);
  }
}

/** A name is mapped once, so a loop cannot hang; but whoever writes one expects that rules chain. */
function refuseLoops(rules: readonly Rule[], option: string): void {
  const next = new Map(rules.map((rule) => [rule.pattern, rule.model]));
  for (const { pattern } of rules) {
    const path = new Set([pattern]);
    let model = next.get(pattern);
    while (model !== undefined && !path.has(model)) {
      path.add(model);
      model = next.get(model);
    }
    if (model === pattern && path.size > 1) {
      const circle = [...path, pattern].map((name) => `"${name}"`).join(" → ");
      throw wrongRule(option, `goes in a circle: ${circle}, and a name is mapped only once`);
    }
  }
}
