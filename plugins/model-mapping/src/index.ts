import { definePlugin, order, type Plugin } from "@agproxy/core";
import { withAliases } from "./alias-models.ts";
import { defaultTable } from "./default-table.ts";
import { explain } from "./explanation.ts";
import { createMapping } from "./mapping.ts";
import { checkText, readRules, type RuleInput } from "./rule.ts";

export interface ModelMappingOptions {
  /** Pattern → model, as an object or a list of pairs. Always beats the table. */
  readonly rules?: RuleInput;
  /** The model for names that no rule fits. Without it they stay as they are. */
  readonly default?: string | undefined;
  /** Replaces the built-in table; `false` for none. */
  readonly table?: RuleInput | false;
}

const optionNames: readonly string[] = [
  "rules",
  "default",
  "table",
] satisfies (keyof ModelMappingOptions)[];

/** Gives the names that clients use a model: exact, then wildcard, then default, then as they are. */
export function modelMapping(options: ModelMappingOptions = {}): Plugin {
  const { rules = {}, default: fallback, table = defaultTable } = checked(options);
  const own = readRules(rules, "rules", "your rules");
  const builtIn = table === false ? [] : readRules(table, "table", "the default table");
  const mapping = createMapping({ own, table: builtIn, fallback });

  return definePlugin({
    name: "model-mapping",
    describe: () => describe(own.length, builtIn.length),
    explain: (model) => explain(mapping, model).why,
    apply({ hooks }) {
      hooks.resolveModel.tap("model-mapping", mapping.resolve);
      hooks.listModels.tap({ name: "model-mapping", stage: order.last }, (models) =>
        withAliases(models, [...own, ...builtIn]),
      );
    },
  });
}

function describe(own: number, table: number): string {
  const rules = `${own} own ${own === 1 ? "rule" : "rules"}`;
  return table === 0 ? `${rules}, no table` : `${rules}, ${table} in the table`;
}

function checked(options: ModelMappingOptions): ModelMappingOptions {
  const stranger = Object.keys(options).find((name) => !optionNames.includes(name));
  if (stranger !== undefined) {
    throw new Error(
      `modelMapping: there is no option \`${stranger}\`. Options are ${optionNames.join(", ")}; ` +
        "patterns belong into `rules`.",
    );
  }
  if (options.default !== undefined) {
    checkText(options.default, "modelMapping: `default`", "`gemini-2.5-flash`");
    if (options.default.includes("*")) {
      throw new Error(
        `modelMapping: \`default\` is "${options.default}", but a model's name has no \`*\`. ` +
          "Write one model's name, or leave `default` out to keep unknown names as they are.",
      );
    }
  }
  return options;
}
