import { createRequire } from "node:module";

/**
 * What calls to upstreams need of undici, without the rest: its main file also loads `fetch`, WebSockets, caches and mocks, for
 * three times the CPU and 13 MB more (docs/decisions/0010-bundled-packages.md). Its version is pinned, and a test holds that
 * these are the same as those that undici exports.
 */
const part = createRequire(import.meta.url);
type Undici = typeof import("undici");

export const Agent = part("undici/lib/dispatcher/agent.js") as Undici["Agent"];
export const Pool = part("undici/lib/dispatcher/pool.js") as Undici["Pool"];
export const ProxyAgent = part("undici/lib/dispatcher/proxy-agent.js") as Undici["ProxyAgent"];
export const buildConnector = part("undici/lib/core/connect.js") as Undici["buildConnector"];
export const errors = part("undici/lib/core/errors.js") as Undici["errors"];

// A proxy's tunnel is made with `connect`, which undici's main file gives to every dispatcher.
const { prototype } = part("undici/lib/dispatcher/dispatcher.js") as Undici["Dispatcher"];
prototype.connect = part("undici/lib/api/api-connect.js") as typeof prototype.connect;
