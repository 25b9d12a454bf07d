import { pino } from "pino";
import { loadConfig, type ConfigSource, type LoadedConfig } from "../config/config.ts";
import { createGateway, type Gateway } from "../server/gateway.ts";

/** Runs `use` with a gateway that has its plugins applied and does not listen. */
export async function withGateway<T>(
  source: ConfigSource,
  use: (gateway: Gateway, config: LoadedConfig) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(source);
  const gateway = await createGateway(config.server, config.plugins, pino({ level: "silent" }));
  try {
    return await use(gateway, config);
  } finally {
    await gateway.close("done");
  }
}
