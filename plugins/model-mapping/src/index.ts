import { definePlugin, order, type Plugin } from "@agproxy/core";
import { withAliases } from "./alias-models.ts";
import { explain } from "./explanation.ts";
import { createMapping } from "./mapping.ts";
import { type ModelMappingOptions, readMappingOptions } from "./options.ts";

export type { ModelMappingOptions } from "./options.ts";

/** Gives the names that clients use a model: an exact rule, then a wildcard, then the default, then the name itself. */
export function modelMapping(options: ModelMappingOptions = {}): Plugin {
  const rules = readMappingOptions(options);
  const mapping = createMapping(rules);

  return definePlugin({
    name: "model-mapping",
    describe: () => describe(rules.own.length, rules.table.length),
    explain: (model) => explain(mapping, model).why,
    apply({ hooks }) {
      hooks.resolveModel.tap("model-mapping", mapping.resolve);
      hooks.listModels.tap({ name: "model-mapping", stage: order.last }, (models) =>
        withAliases(models, [...rules.own, ...rules.table]),
      );
    },
  });
}

function describe(own: number, table: number): string {
  const rules = `${own} own ${own === 1 ? "rule" : "rules"}`;
  return table === 0 ? `${rules}, no table` : `${rules}, ${table} in the table`;
}
