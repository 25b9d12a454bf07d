import { setTimeout as sleep } from "node:timers/promises";
import Koa from "koa";
import { ConfigError } from "../config/settings.ts";
import { blame } from "../hooks/tap-guard.ts";
import { AccountPool } from "../hooks/account-pool.ts";
import { ExposedValues } from "../hooks/exposed.ts";
import { needsFault } from "../hooks/plugin-needs.ts";
import { accountsOf } from "../hooks/plugin-accounts.ts";
import { createHooks, type Hooks } from "../hooks/hooks.ts";
import { facesFor, type TapSetting } from "../hooks/plugin-taps.ts";
import { createHttp, createSideCalls } from "../http/http.ts";
import type { Core, Log, Plugin, PluginContext } from "../hooks/plugin.ts";
import { gate } from "../request/gate.ts";
import { healthRoutes } from "./health.ts";
import { createListener, type Listener } from "./listener.ts";
import { memoryStore } from "../store/memory-store.ts";
import { createPaths } from "../request/paths.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { CallerLoads } from "../request/caller-loads.ts";
import { OpenRequests } from "../request/time-limits.ts";
import { runExchange } from "../request/exchange.ts";
import type { UnservedApi, Upgrade } from "../hooks/route.ts";
import { createRoutes, type OwnedPath, type Routes } from "./routes.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import type { Store } from "../store/store.ts";
import { upgrades } from "./upgrade.ts";

/** A gateway whose plugins are applied. */
export interface Gateway extends Pick<Listener, "connect"> {
  readonly core: Core;
  readonly plugins: readonly Plugin[];
  readonly routes: readonly OwnedPath[];
  /** Listens; resolves with the address as a URL. */
  listen(): Promise<string>;
  /** Stops accepting, lets open exchanges go on for `server.drain` milliseconds, then runs the `close` hook. */
  close(reason: string): Promise<void>;
}

/** Applies the plugins in order and mounts their routes. What a plugin throws stops the start. */
export async function createGateway(
  server: ServerSettings,
  plugins: readonly Plugin[],
  log: Log,
): Promise<Gateway> {
  const hooks = createHooks();
  const http = createHttp(server.timeouts);
  const sideCalls = createSideCalls(server.timeouts);
  const pool = new AccountPool();
  const core: Core = { hooks, pool, server, log };
  const routes = createRoutes(core);
  healthRoutes(core, routes);
  const taps = new SharedTaps(log);
  const mounts = { pool, routes, takers: new Map(), unserved: [] } satisfies Mounts;
  const store = await openStore(server.store);
  const stop = new AbortController();
  const stopping = stop.signal;
  const shared = { http, sideCalls, store, log, stopping, server, models: routes.models };
  const close = async (reason: string) => {
    await taps.settled(server.drain);
    await closeHooks(hooks, log, reason);
    http.close();
    sideCalls.close();
    store.close();
  };
  const exposed = new ExposedValues(plugins.map(({ name }) => name));
  for (const plugin of plugins) {
    try {
      const fault = needsFault(plugin, plugins);
      if (fault !== undefined) throw new Error(fault);
      const hooks = facesFor(plugin.name, core.hooks, taps);
      const runChat: PluginContext["runChat"] = (protocol, run, reply) =>
        runExchange(core, protocol, run, reply);
      const mounting = mountsFor(plugin.name, mounts, () => taps.isSealed);
      await plugin.apply({ ...shared, ...mounting, ...exposed.of(plugin.name), hooks, runChat });
    } catch (thrown) {
      await close("the start failed");
      throw unstartable(plugin.name, thrown);
    }
  }
  taps.isSealed = true;
  const open = new OpenRequests(server.timeouts.request);
  const listener = serve(core, mounts, open);
  return {
    core,
    plugins,
    routes: routes.paths,
    listen: () => listener.listen(server),
    connect: listener.connect,
    async close(reason) {
      stop.abort();
      await listener.drain(server.drain, () => open.end(shuttingDown()));
      await close(reason);
    },
  };
}

/** What the taps of all plugins share. */
class SharedTaps implements TapSetting {
  isSealed = false;
  readonly pending = new Set<Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  readonly report: TapSetting["report"] = (plugin, hook, thrown) => {
    this.#log.error({ err: blame(thrown, hook, plugin) }, `a plugin failed in ${hook}`);
  };

  /** Waits for the taps of `done` that are under way, but no longer than `limit` milliseconds. */
  async settled(limit: number): Promise<void> {
    if (this.pending.size === 0) return;
    await Promise.race([Promise.all(this.pending), sleep(limit, undefined, { ref: false })]);
  }
}

/** A plain `Error` is a plugin's message to the user. Any other class is a defect and keeps its stack. */
function unstartable(plugin: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown.name !== "Error") return thrown;
  return new ConfigError(`Plugin "${plugin}" cannot start.\n${thrown.message}`, { cause: thrown });
}

/** SQLite is loaded only where it is used, for a quick start. */
async function openStore(place: string): Promise<Store> {
  if (place === "memory") return memoryStore();
  const { sqliteStore } = await import("../store/sqlite-store.ts");
  try {
    return sqliteStore(place);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ConfigError(
      `store: the file "${place}" cannot be opened: ${why}. Write it like this: store: "agproxy.sqlite" (a file), or "memory"`,
      { cause: thrown },
    );
  }
}

/** What plugins mount. */
interface Mounts {
  readonly pool: AccountPool;
  readonly routes: Routes;
  readonly takers: Map<string, (upgrade: Upgrade) => void | Promise<void>>;
  readonly unserved: UnservedApi[];
}

type Mounting = Pick<PluginContext, "accounts" | "chat" | "route" | "unserved" | "upgrade">;

/** How one plugin mounts things. Once `isSealed`, it throws: the banner and the paths are made. */
function mountsFor(
  plugin: string,
  { pool, routes, takers, unserved }: Mounts,
  isSealed: () => boolean,
): Mounting {
  const open = (what: string) => {
    if (!isSealed()) return;
    throw new Error(`Plugin "${plugin}" added ${what} after the start. Do it inside apply().`);
  };
  return {
    accounts(first = []) {
      const accounts = accountsOf(plugin, pool);
      accounts.add(...first);
      return accounts;
    },
    chat(path, protocol) {
      open(path);
      routes.chat(plugin, path, protocol);
    },
    route(method, path, answer) {
      open(path);
      routes.add(plugin, method, path, answer);
    },
    unserved(api) {
      open(api.name);
      unserved.push(api);
    },
    upgrade(path, take) {
      open(path);
      if (takers.has(path)) throw new Error(`Two plugins take upgrades on ${path}. Remove one.`);
      takers.set(path, take);
    },
  };
}

function shuttingDown(): AgproxyError {
  return new AgproxyError("shutting_down", undefined, { retryAfter: 1000 });
}

function serve(core: Core, { routes, takers, unserved }: Mounts, open: OpenRequests): Listener {
  const koa = new Koa();
  const paths = createPaths(routes.paths, unserved);
  const loads = new CallerLoads(core.server.limits);
  koa.use(gate(core, paths, open, loads));
  koa.use(routes.middleware);
  koa.on("error", (error: NodeJS.ErrnoException) => {
    // Also told of a client that breaks off, which the gate knows.
    const isBrokenOff = error.code === "ECONNRESET" || error.code === "EPIPE";
    core.log[isBrokenOff ? "debug" : "error"]({ err: error }, "unexpected error");
  });
  return createListener(koa.callback(), upgrades(core, paths, takers, open, loads), core.log);
}

async function closeHooks(hooks: Hooks, log: Log, reason: string): Promise<void> {
  // Not `close.promise`: it stops at the first tap that throws, and the others would never close.
  for (const { fn } of hooks.close.taps) {
    await fn(reason).catch((thrown: unknown) =>
      log.error({ err: thrown }, "a plugin failed in close"),
    );
  }
}
