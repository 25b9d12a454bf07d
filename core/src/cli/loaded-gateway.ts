import { pino } from "pino";
import { refuseUnguarded } from "./exposure.ts";
import { loadConfig, type ConfigSource, type LoadedConfig } from "../config/config.ts";
import { createGateway, type Gateway } from "../server/gateway.ts";
import type { Hooks } from "../hooks/hooks.ts";

/** Runs `use` with a gateway whose plugins are applied and that does not listen. */
export async function withGateway<T>(
  source: ConfigSource,
  use: (gateway: Gateway, config: LoadedConfig) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(source);
  const gateway = await createGateway(config.server, config.plugins, pino({ level: "silent" }));
  try {
    refuseUnguarded(gateway);
    return await use(gateway, config);
  } finally {
    await gateway.close("done");
  }
}

interface TapPlace {
  readonly hook: string;
  /** 1 for the first tap of the hook. */
  readonly position: number;
}

/** The hooks that a plugin taps, and its place in each. */
export function hooksOf(hooks: Hooks, plugin: string): readonly TapPlace[] {
  return Object.entries(hooks).flatMap(([hook, { taps }]) => {
    const index = taps.findIndex(({ name }) => name === plugin);
    return index === -1 ? [] : [{ hook, position: index + 1 }];
  });
}
