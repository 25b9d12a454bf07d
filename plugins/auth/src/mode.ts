import { isIPv4 } from "node:net";
import type { ServerSettings } from "@agproxy/core";

/** When a key is asked for: never, always, always but for health checks, or as `auto` decides. */
export const modes = ["off", "strict", "all_except_health", "auto"] as const;

export type Mode = (typeof modes)[number];

export type EffectiveMode = Exclude<Mode, "auto">;

/** `auto` asks for a key as soon as other machines can connect. */
export function effectiveMode(mode: Mode, server: ServerSettings): EffectiveMode {
  if (mode !== "auto") return mode;
  return isReachable(server) ? "all_except_health" : "off";
}

/** Whether machines other than this one can connect. */
export function isReachable({
  allowLanAccess,
  host,
}: Pick<ServerSettings, "allowLanAccess" | "host">) {
  return allowLanAccess || !isLoopback(host);
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || (isIPv4(name) && name.startsWith("127."));
}
