import { definePlugin, order, type Plugin } from "@agproxy/core";
import { withAliases } from "./alias-models.ts";
import { explain } from "./explanation.ts";
import { createMapping } from "./mapping.ts";
import { sideRequest } from "./side-request.ts";
import { type ModelMappingOptions, readMappingOptions } from "./options.ts";

export type { ModelMappingOptions } from "./options.ts";

/** Gives the names that clients use a model: an exact rule, then a wildcard, then the default, then the name itself. */
export function modelMapping(options: ModelMappingOptions = {}): Plugin {
  const rules = readMappingOptions(options);
  const mapping = createMapping(rules);

  return definePlugin({
    name: "model-mapping",
    describe: () =>
      describe(rules.own.length, rules.table.length) +
      (rules.sideModel === undefined ? "" : `, side requests to ${rules.sideModel}`),
    explain: (model) => explain(mapping, model).why,
    apply({ hooks, log }) {
      const { sideModel } = rules;
      if (sideModel !== undefined) {
        hooks.exchange.tap("model-mapping", ({ request, model, incoming }) => {
          const side = sideRequest(request);
          if (side === undefined || model === sideModel) return undefined;
          const line = { id: incoming.id, side, instead: model, model: sideModel };
          log.info(line, "a side request goes to another model");
          return { model: sideModel };
        });
      }
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
