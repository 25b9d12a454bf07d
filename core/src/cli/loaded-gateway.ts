import { pino } from "pino";
import { loadConfig, type ConfigSource, type LoadedConfig } from "../config/config.ts";
import { createGateway, type Gateway } from "../server/gateway.ts";
import type { Hooks } from "../hooks/hooks.ts";
import type { Incoming } from "../hooks/stages.ts";

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

export interface TapPlace {
  readonly hook: string;
  /** 1 for the plugin that this hook asks first. */
  readonly position: number;
}

/** The hooks that a plugin taps, and where it stands in each. */
export function hooksOf(hooks: Hooks, plugin: string): readonly TapPlace[] {
  return Object.entries(hooks).flatMap(([hook, { taps }]) => {
    const index = taps.findIndex(({ name }) => name === plugin);
    return index === -1 ? [] : [{ hook, position: index + 1 }];
  });
}

/** A request that nobody sent: for asking hooks what they would do. */
export function probeIncoming(path: string): Incoming {
  return {
    id: "probe",
    method: "POST",
    path,
    query: new URLSearchParams(),
    headers: {},
    remoteAddress: "127.0.0.1",
    receivedAt: Date.now(),
    signal: new AbortController().signal,
    setHeader: () => {},
    noteIgnored: () => {},
  };
}
