import { jsonLines, type Output, widthOf, wrapped } from "./print.ts";
import { type ConfigSource } from "../config/config.ts";
import { explanationOf } from "../server/gateway-view.ts";
import { withGateway } from "./loaded-gateway.ts";

/** `agproxy explain MODEL`: what a model name is mapped to, and why. */
export function explain(
  source: ConfigSource,
  asked: string,
  { json, print }: Output,
): Promise<number> {
  return withGateway(source, async ({ core, plugins }) => {
    const { model, reasons } = await explanationOf(core, plugins, asked);
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
