import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "../config/settings.ts";
import { blame } from "../hooks/tap-guard.ts";
import { AccountPool } from "../hooks/account-pool.ts";
import { ExposedValues } from "../hooks/exposed.ts";
import { FiledAccounts } from "../hooks/filed-accounts.ts";
import { needsFault } from "../hooks/plugin-needs.ts";
import { createHooks, type Hooks } from "../hooks/hooks.ts";
import { facesFor, type TapSetting } from "../hooks/plugin-taps.ts";
import { createHttp, createSideCalls } from "../http/http.ts";
import type { Core, Log, Plugin, PluginContext } from "../hooks/plugin.ts";
import { gate, UnwatchedKoa } from "../request/gate.ts";
import type { GatewayReport } from "../hooks/gateway-view.ts";
import { gatewayReport } from "./gateway-report.ts";
import { gatewayView } from "./gateway-view.ts";
import { healthRoutes } from "./health.ts";
import type { Answer } from "./connections.ts";
import { type Credentials, readCredentials } from "./credentials.ts";
import type { UpgradeListener } from "./listener.ts";
import { type Mounts, mountsFor, newMounts } from "./mounts.ts";
import { SharedStore } from "./shared-store.ts";
import { createPaths } from "../request/paths.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { AccountTallies } from "../request/account-tallies.ts";
import { CallerLoads } from "../request/caller-loads.ts";
import { OpenRequests } from "../request/time-limits.ts";
import { createSenderOf } from "../request/sender.ts";
import { runExchange } from "../request/exchange.ts";
import { createRoutes, type OwnedPath } from "./routes.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import { upgrades } from "./upgrade.ts";

/** A gateway whose plugins are applied. It never changes: a reload puts another one in its place. */
export interface Gateway {
  readonly core: Core;
  readonly plugins: readonly Plugin[];
  readonly routes: readonly OwnedPath[];
  readonly answer: Answer;
  readonly upgrade: UpgradeListener;
  readonly credentials: Credentials | undefined;
  readonly carried: Carried;
  /** HTTP requests and sockets under way. */
  openRequests(): number;
  /** What it knows of itself now. */
  report(): GatewayReport;
  /** Another one gets all requests from now on. Resolves once those under way are over, with their sockets and runs. */
  retire(): Promise<void>;
  /** Tells plugins that agproxy stops. What is under way may go on until `endRequests`. */
  stop(): void;
  /** Ends what is under way with `shutting_down`; resolves once clients are told. */
  endRequests(): Promise<void>;
  /** Runs the taps of `close`, and lets go of everything. Later calls await the first. */
  close(reason: string): Promise<void>;
}

/** What a gateway leaves to the one that takes its place. */
interface Carried {
  readonly store: SharedStore;
  readonly loads: CallerLoads;
  readonly tallies: AccountTallies;
}

/**
 * Applies the plugins in order and mounts their routes. What a plugin throws stops the start. From the gateway `before`, whose
 * place it will take, it has the store, where the config names the same one, and what callers have under way.
 */
export async function createGateway(
  server: ServerSettings,
  plugins: readonly Plugin[],
  log: Log,
  before?: Carried,
): Promise<Gateway> {
  const credentials = readCredentials(server);
  const [hooks, pool] = [createHooks(), new AccountPool()];
  const calls = { http: createHttp(server.timeouts), sideCalls: createSideCalls(server.timeouts) };
  const carried = await carry({ server, plugins, log }, before);
  const core: Core = { hooks, pool, server, log, tallies: carried.tallies, sessions: [] };
  const routes = createRoutes(core);
  healthRoutes(core, routes);
  const taps = new SharedTaps(log);
  const exposed = new ExposedValues(plugins.map(({ name }) => name));
  const filed = new FiledAccounts(server.accountsFile, pool, log);
  const mounts = newMounts({ pool, filed, routes, exposed, sessions: core.sessions });
  const open = new OpenRequests(server.timeouts.request);
  const ends = new Ends();
  const report = () => gatewayReport(core, carried.tallies, exposed);
  const own = { ...calls, ...ends.signals, server, log, store: carried.store.store };
  const view = { models: routes.models, gateway: gatewayView(core, plugins, report) };
  let closed: Promise<void> | undefined;
  const close = async (reason: string) => {
    ends.stop();
    await taps.settled(server.drain);
    await closeHooks(hooks, log, reason);
    for (const each of [filed, calls.http, calls.sideCalls]) each.close();
    carried.store.leave();
  };
  const runChat: PluginContext["runChat"] = (protocol, run, reply) =>
    open.during(runExchange(core, protocol, run, reply));
  await applyEach(plugins, ({ name }) => ({
    ...own,
    ...view,
    ...mountsFor(name, mounts, () => taps.isSealed),
    hooks: facesFor(name, core.hooks, taps),
    runChat,
  })).catch(async (thrown: unknown) => {
    await close("the start failed");
    throw thrown;
  });
  taps.isSealed = true;
  return {
    core,
    plugins,
    routes: routes.paths,
    carried,
    credentials,
    ...serve(core, mounts, open, carried.loads),
    report,
    async retire() {
      ends.retiring.abort();
      await open.idle();
    },
    stop: () => ends.stop(),
    endRequests: () => open.end(shuttingDown()),
    close: (reason) => (closed ??= close(reason)),
  };
}

/** The two ends that plugins hear of: `PluginContext` has them. */
class Ends {
  readonly retiring = new AbortController();
  readonly stopping = new AbortController();

  get signals(): Pick<PluginContext, "retiring" | "stopping"> {
    return { retiring: this.retiring.signal, stopping: this.stopping.signal };
  }

  stop(): void {
    this.retiring.abort();
    this.stopping.abort();
  }
}

async function carry(
  { server, plugins, log }: Pick<Core, "server" | "log"> & Pick<Gateway, "plugins">,
  before: Carried | undefined,
): Promise<Carried> {
  const loads = before?.loads ?? new CallerLoads(server.limits);
  const store =
    before?.store.isAt(server.store, plugins) === true
      ? before.store.enter()
      : await SharedStore.open(server.store, plugins, log);
  return { store, loads, tallies: before?.tallies ?? new AccountTallies() };
}

/** What the taps of all plugins share. */
class SharedTaps implements TapSetting {
  isSealed = false;
  readonly pending = new Set<Promise<void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  readonly report: TapSetting["report"] = ({ plugin, hook, id }, thrown) => {
    this.#log.error({ id, err: blame(thrown, hook, plugin) }, `a plugin failed in ${hook}`);
  };

  /** Waits for the taps of `done` that are under way, but no longer than `limit` milliseconds. */
  async settled(limit: number): Promise<void> {
    if (this.pending.size === 0) return;
    await Promise.race([Promise.all(this.pending), sleep(limit, undefined, { ref: false })]);
  }
}

async function applyEach(
  plugins: readonly Plugin[],
  contextOf: (plugin: Plugin) => PluginContext,
): Promise<void> {
  for (const plugin of plugins) {
    try {
      const fault = needsFault(plugin, plugins);
      if (fault !== undefined) throw new Error(fault);
      await plugin.apply(contextOf(plugin));
    } catch (thrown) {
      throw unstartable(plugin.name, thrown);
    }
  }
}

/** A plain `Error` is a plugin's message to the user. Any other class is a defect and keeps its stack. */
function unstartable(plugin: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown.name !== "Error") return thrown;
  return new ConfigError(`Plugin "${plugin}" cannot start.\n${thrown.message}`, { cause: thrown });
}

function shuttingDown(): AgproxyError {
  return new AgproxyError("shutting_down", undefined, { retryAfter: 1000 });
}

function serve(
  core: Core,
  { routes, takers, unserved, clientErrors }: Mounts,
  open: OpenRequests,
  loads: CallerLoads,
): Pick<Gateway, "answer" | "upgrade" | "openRequests"> {
  const koa = new UnwatchedKoa();
  const paths = createPaths(routes.paths, unserved, clientErrors);
  const senderOf = createSenderOf(core.server.trustProxy);
  koa.use(gate(core, paths, open, loads, senderOf));
  koa.use(routes.middleware);
  koa.on("error", (error: NodeJS.ErrnoException) => {
    // Also told of a client that breaks off, which the gate knows.
    const isBrokenOff = error.code === "ECONNRESET" || error.code === "EPIPE";
    core.log[isBrokenOff ? "debug" : "error"]({ err: error }, "unexpected error");
  });
  return {
    answer: koa.callback(),
    upgrade: upgrades(core, paths, takers, open, loads, senderOf),
    openRequests: () => open.size,
  };
}

async function closeHooks(hooks: Hooks, log: Log, reason: string): Promise<void> {
  // Not `close.promise`: it stops at the first tap that throws, and the others would never close.
  for (const { fn } of hooks.close.taps) {
    await fn(reason).catch((thrown: unknown) =>
      log.error({ err: thrown }, "a plugin failed in close"),
    );
  }
}
