import { pino } from "pino";
import { loadConfig, type ConfigSource, type LoadedConfig } from "../config/config.ts";
import { createGateway, type Gateway } from "../server/gateway.ts";
import type { Hooks } from "../hooks/hooks.ts";
import type { Incoming } from "../hooks/stages.ts";

/** Runs `use` with a gateway whose plugins are applied and that does not listen. */
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

/** A request that nobody sent, for asking hooks what they would answer. */
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
