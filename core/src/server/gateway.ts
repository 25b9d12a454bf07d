import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "../config/settings.ts";
import { blame } from "../hooks/tap-guard.ts";
import { facesFor, createHooks, type Hooks, type TapSetting } from "../hooks/hooks.ts";
import { createHttp, createSideCalls } from "../http/http.ts";
import type { Core, Log, Plugin, PluginContext } from "../hooks/plugin.ts";
import { gate, UnwatchedKoa } from "../request/gate.ts";
import { healthRoutes } from "./health.ts";
import { createListener, type Listener } from "./listener.ts";
import { memoryStore } from "../store/memory-store.ts";
import { isObject } from "../kit/fields.ts";
import { createPaths } from "../request/paths.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { CallerLoads } from "../request/caller-loads.ts";
import { OpenRequests } from "../request/time-limits.ts";
import { runExchange } from "../request/exchange.ts";
import type { UnservedApi, Upgrade } from "../hooks/route.ts";
import { createRoutes, type OwnedPath, type Routes } from "./routes.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import type { Account } from "../hooks/stages.ts";
import type { Store } from "../store/store.ts";
import { upgrades } from "./upgrade.ts";

/** A gateway whose plugins are applied. */
export interface Gateway {
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
  const accounts: Account[] = [];
  const core: Core = { hooks, accounts, server, log };
  const routes = createRoutes(core);
  healthRoutes(core, routes);
  const taps = new SharedTaps(log);
  const mounts = { accounts, routes, takers: new Map(), unserved: [] } satisfies Mounts;
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
  for (const plugin of plugins) {
    try {
      const hooks = facesFor(plugin.name, core.hooks, taps);
      const runChat: PluginContext["runChat"] = (protocol, run, reply) =>
        runExchange(core, protocol, run, reply);
      const mounting = mountsFor(plugin.name, mounts, () => taps.isSealed);
      await plugin.apply({ ...shared, ...mounting, hooks, runChat });
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
  readonly accounts: Account[];
  readonly routes: Routes;
  readonly takers: Map<string, (upgrade: Upgrade) => void | Promise<void>>;
  readonly unserved: UnservedApi[];
}

type Mounting = Pick<PluginContext, "accounts" | "chat" | "route" | "unserved" | "upgrade">;

/** How one plugin mounts things. Once `isSealed`, it throws: the banner and the paths are made. */
function mountsFor(
  plugin: string,
  { accounts, routes, takers, unserved }: Mounts,
  isSealed: () => boolean,
): Mounting {
  const open = (what: string) => {
    if (!isSealed()) return;
    throw new Error(`Plugin "${plugin}" added ${what} after the start. Do it inside apply().`);
  };
  return {
    accounts(more) {
      open("accounts");
      addAccounts(accounts, more, plugin);
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

function addAccounts(pool: Account[], more: readonly Account[], plugin: string): void {
  for (const account of more) {
    if (!isAccount(account)) {
      throw new Error(
        `Plugin "${plugin}" adds an account without \`id\`, \`label\` or \`upstream.send\`.`,
      );
    }
    if (pool.some(({ id }) => id === account.id)) {
      throw new Error(
        `Plugin "${plugin}" adds a second account with the id "${account.id}". Give each account a label of its own.`,
      );
    }
    pool.push(account);
  }
}

function isAccount(account: unknown): boolean {
  if (!isObject(account)) return false;
  const { id, label, upstream } = account;
  const isSender = typeof upstream === "object" && upstream !== null && "send" in upstream;
  return typeof id === "string" && typeof label === "string" && isSender;
}

function shuttingDown(): AgproxyError {
  return new AgproxyError("shutting_down", undefined, { retryAfter: 1000 });
}

function serve(core: Core, { routes, takers, unserved }: Mounts, open: OpenRequests): Listener {
  const koa = new UnwatchedKoa();
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
