/** One line of a mapping. */
export interface Rule {
  readonly pattern: string;
  /** What the name becomes; `"*"` keeps it. */
  readonly model: string;
  readonly from: "your rules" | "the default table";
}

/** A rule's model that means: leave the name as it is. */
export const keep = "*";

/** Longer names are left alone, so that no client can make a name costly. */
export const nameLimit = 200;

export type RuleInput =
  | Readonly<Record<string, string>>
  | readonly (readonly [pattern: string, model: string])[];

/** Reads rules as a config file has them. `key` is where they stand in it, for the error. */
export function readRules(input: RuleInput, key: string, from: Rule["from"]): readonly Rule[] {
  const rules = entries(input, key).map(([pattern, model]) => {
    checkText(pattern, `modelMapping: a pattern in \`${key}\``, "`gpt-4*`");
    checkText(model, `modelMapping: the model of \`${key}["${pattern}"]\``, "`gemini-2.5-flash`");
    if (model !== keep && model.includes("*")) {
      throw new Error(
        `modelMapping: \`${key}["${pattern}"]\` maps to "${model}", but a model's name has no \`*\`. ` +
          'Write one model\'s name, or "*" alone to keep the name as it is.',
      );
    }
    return { pattern, model, from };
  });
  refuseTwins(rules, key);
  refuseLoops(rules, key);
  return rules;
}

function entries(input: unknown, key: string): readonly (readonly [string, string])[] {
  const shape =
    `modelMapping: \`${key}\` must be an object such as { "gpt-4*": "gemini-2.5-flash" }, ` +
    'or a list of pairs such as [["gpt-4*", "gemini-2.5-flash"]].';
  if (typeof input !== "object" || input === null) throw new Error(shape);
  if (!Array.isArray(input)) return Object.entries(input);
  for (const pair of input) {
    if (!Array.isArray(pair) || pair.length !== 2) throw new Error(shape);
  }
  return input;
}

/** Config files in JSON and YAML are not type-checked, hence `unknown`. */
export function checkText(value: unknown, what: string, example: string): void {
  const fault =
    typeof value !== "string"
      ? "is not a text"
      : value.trim() === ""
        ? "is empty"
        : /\s/.test(value)
          ? "has white space in it"
          : value.length > nameLimit
            ? `is longer than ${nameLimit} characters`
            : undefined;
  if (fault !== undefined) throw new Error(`${what} ${fault}. Write a name, such as ${example}.`);
}

/** Of two rules with one pattern the second would never apply, and nobody would see it. */
function refuseTwins(rules: readonly Rule[], key: string): void {
  const seen = new Map<string, Rule>();
  for (const rule of rules) {
    const wild = rule.pattern.includes("*");
    const pattern = wild ? rule.pattern.toLowerCase() : rule.pattern;
    const twin = seen.get(pattern);
    if (twin !== undefined) {
      throw new Error(
        `modelMapping: \`${key}\` has "${rule.pattern}" twice, to "${twin.model}" and to ` +
          `"${rule.model}". Remove one of them.`,
      );
    }
    seen.set(pattern, rule);
  }
}

/** A name is mapped once, so a loop would not hang; but whoever writes one expects something else. */
function refuseLoops(rules: readonly Rule[], key: string): void {
  const next = new Map(rules.map((rule) => [rule.pattern, rule.model]));
  for (const { pattern } of rules) {
    const path = new Set([pattern]);
    let model = next.get(pattern);
    while (model !== undefined && !path.has(model)) {
      path.add(model);
      model = next.get(model);
    }
    if (model === pattern && path.size > 1) {
      throw new Error(
        `modelMapping: \`${key}\` goes in a circle: ${[...path, pattern].map((name) => `"${name}"`).join(" → ")}. ` +
          "A name is mapped once only; let each rule name the model that is to answer.",
      );
    }
  }
}
