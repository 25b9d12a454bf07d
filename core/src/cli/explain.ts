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
    const reasons = plugins.flatMap((plugin) => {
      const reason = plugin.explain?.(asked);
      return reason === undefined ? [] : [{ plugin: plugin.name, reason }];
    });
    if (json) return print(jsonLines({ asked, model, reasons }));
    const width = widthOf(process.stdout);
    const lines = reasons.map(({ plugin, reason }) =>
      wrapped(`  ${plugin}: ${reason}`, width, "    "),
    );
    const why = lines.length > 0 ? lines : ["  no plugin maps it, so it is sent as it is"];
    return print(`${[`${asked} → ${model}`, ...why].join("\n")}\n`);
  });
}
