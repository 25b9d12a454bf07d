import { jsonLines, type Output, widthOf, wrapped } from "./print.ts";
import { type ConfigSource } from "../config/config.ts";
import { mappedModel } from "../request/exchange.ts";
import { withGateway } from "./loaded-gateway.ts";
import { probeIncoming } from "./probe-incoming.ts";

/** `agproxy explain MODEL`: what a model name is mapped to, and why. */
export function explain(
  source: ConfigSource,
  asked: string,
  { json, print }: Output,
): Promise<number> {
  return withGateway(source, async ({ core, plugins }) => {
    const model = await mappedModel(core, asked, probeIncoming("/"));
    // Plugins map what stands behind an account's prefix.
    const named = core.pool.target(asked).model;
    const reasons = plugins.flatMap((plugin) => {
      const reason = plugin.explain?.(named);
      return reason === undefined ? [] : [{ plugin: plugin.name, reason }];
    });
    if (json) return print(jsonLines({ asked, model, reasons }));
    const width = widthOf(process.stdout);
    const lines = reasons.map(({ plugin, reason }) =>
      wrapped(`  ${plugin}: ${reason}`, width, "    "),
    );
    const why = lines.length > 0 ? lines : ["  no plugin maps it, so it is sent as it is"];
    const isServed = core.pool.serving(model).candidates.length > 0;
    const served = isServed ? [] : ["  no account serves it"];
    return print(`${[`${asked} → ${model}`, ...why, ...served].join("\n")}\n`);
  });
}
