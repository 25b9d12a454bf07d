import type { Print } from "./print.ts";
import { ConfigError } from "../config/settings.ts";
import { type ConfigSource } from "../config/config.ts";
import { mappedModel } from "../request/exchange.ts";
import { withGateway } from "./loaded-gateway.ts";
import { probeIncoming } from "./probe-incoming.ts";

/** `agproxy explain MODEL`: what a model name is mapped to, and why. */
export function explain(
  source: ConfigSource,
  model: string | undefined,
  print: Print,
): Promise<number> {
  if (model === undefined) throw new ConfigError("Name a model: agproxy explain MODEL");
  return withGateway(source, async ({ core, plugins }) => {
    const mapped = await mappedModel(core, model, probeIncoming("/"));
    const reasons = plugins.flatMap((plugin) => {
      const reason = plugin.explain?.(model);
      return reason === undefined ? [] : [`  ${plugin.name}: ${reason}`];
    });
    const why = reasons.length > 0 ? reasons : ["  no plugin maps it, so it is sent as it is"];
    return print(`${[`${model} → ${mapped}`, ...why].join("\n")}\n`);
  });
}
