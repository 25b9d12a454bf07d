import { readOptions, wrongOption } from "@agproxy/core";
import * as v from "valibot";
import { defaultTable } from "./default-table.ts";
import type { MappingRules } from "./mapping.ts";
import { nameFault, readRules, type RuleInput } from "./rule.ts";

export interface ModelMappingOptions {
  /** Pattern → model, as an object or a list of pairs. They always come before the table. */
  readonly rules?: RuleInput;
  /** The model for names that no rule fits. Without it they stay as they are. */
  readonly default?: string | undefined;
  /** The model for requests by which clients only keep house, such as titles. Default: none, they go where others go. */
  readonly sideRequests?: string | undefined;
  /** Replaces the built-in table; `false` for none. */
  readonly table?: RuleInput | false;
}

const schema = v.strictObject({
  // `readRules` checks both: its errors name the rule.
  rules: v.optional(v.unknown(), {}),
  table: v.optional(v.unknown(), defaultTable),
  default: v.optional(v.string()),
  sideRequests: v.optional(v.string()),
});

const example =
  'modelMapping({ rules: { "gpt-4*": "gemini-2.5-flash" }, default: "gemini-2.5-flash" })';

/** The rules of a config. Throws an error that names the option or the rule. */
export function readMappingOptions(
  options: ModelMappingOptions,
): MappingRules & { readonly sideModel: string | undefined } {
  const {
    rules,
    table,
    default: fallback,
    sideRequests: sideModel,
  } = readOptions("model-mapping", schema, options, example);
  for (const [name, model] of Object.entries({ default: fallback, sideRequests: sideModel })) {
    const fault = model === undefined ? undefined : fallbackFault(model);
    if (fault !== undefined) throw wrongOption("model-mapping", name, fault, example);
  }
  return {
    own: readRules(rules, "rules", "your rules"),
    table: table === false ? [] : readRules(table, "table", "the default table"),
    fallback,
    sideModel,
  };
}

function fallbackFault(fallback: string): string | undefined {
  if (fallback.includes("*")) return `is "${fallback}", but a model's name has no \`*\``;
  return nameFault(fallback);
}
