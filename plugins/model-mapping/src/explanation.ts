import type { Mapping } from "./mapping.ts";
import { maxNameLength, type Rule } from "./rule.ts";
import { preparePattern } from "./pattern.ts";

/** What a name becomes, and why. */
export interface Explanation {
  readonly model: string;
  /** The rule that decides, where one does. */
  readonly rule?: Rule;
  /** One or two sentences for people. */
  readonly why: string;
}

/** Says what a mapping does with a name: which rule decides, where it is from, and which rules lost to it. */
export function explain(mapping: Mapping, name: string): Explanation {
  const model = mapping.resolve(name) ?? name;
  const [rule, ...others] = mapping.matching(name);
  if (rule === undefined) return { model, why: whyWithoutRule(name, model) };
  const becomes = model === name ? `"${name}" stays as it is` : `"${name}" becomes "${model}"`;
  const losers = others.map((other) => `${title(other)} (${lost(other, rule, name)})`);
  const also = losers.length === 0 ? "" : ` It also fits ${losers.join(", ")}.`;
  return { model, rule, why: `${becomes}: ${title(rule)} decides.${also}` };
}

function whyWithoutRule(name: string, model: string): string {
  if (name.length > maxNameLength) {
    return `A name of more than ${maxNameLength} characters is never mapped; it stays as it is.`;
  }
  return model === name
    ? `No rule fits "${name}", so it stays as it is.`
    : `"${name}" becomes "${model}": no rule fits it, so the default applies.`;
}

function title({ pattern, from }: Rule): string {
  return `"${pattern}" of ${from}`;
}

/** Why `loser` does not count. It fits the name, and comes after `winner`. */
function lost(loser: Rule, winner: Rule, name: string): string {
  if (loser.from !== winner.from) return "your own rules come first";
  const wild = loser.pattern.includes("*");
  if (wild !== winner.pattern.includes("*")) return "an exact name comes before a wildcard";
  if (wild) {
    return preparePattern(loser.pattern).literals < preparePattern(winner.pattern).literals
      ? "it is less specific"
      : "it is as specific but written later";
  }
  return winner.pattern === name ? "its case differs" : "it is written later";
}
