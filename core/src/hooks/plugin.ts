import type { Logger } from "pino";
import type { Http, SideCalls } from "../http/http.ts";
import type { Store } from "../store/store.ts";
import type { Model } from "../vocabulary/chat.ts";
import type { AccountKind } from "./account-options.ts";
import type { AccountPool } from "./account-pool.ts";
import type { PluginAccounts } from "./plugin-accounts.ts";
import type { Exposing } from "./exposed.ts";
import type { HookFaces } from "./hook-faces.ts";
import type { Hooks } from "./hooks.ts";
import type { ChatRun, Protocol, Reply } from "./protocol.ts";
import type {
  ClientErrors,
  RouteAnswer,
  RouteMethod,
  RouteOptions,
  UnservedApi,
  Upgrade,
} from "./route.ts";
import type { ServerSettings } from "./server-settings.ts";
import type { GatewayView } from "./gateway-view.ts";
import type { Account, Caller, Incoming, Summary } from "./stages.ts";

/**
 * A plugin: a name and one function that taps hooks.
 *
 * @example
 * const shout: Plugin = {
 *   name: "shout",
 *   apply: ({ hooks }) => hooks.resolveModel.tap("shout", (model) => model.toLowerCase()),
 * };
 */
export interface Plugin {
  /** Kebab-case; the name in logs, errors and the banner. */
  readonly name: string;
  /**
   * The version of the plugin interface that it was made for: `apiVersion` of the core beside it. With another one it is
   * refused at start. Default: any.
   */
  readonly apiVersion?: number;
  /** The names of plugins that must stand before it in the config. Without them it is refused at start. */
  readonly requires?: readonly string[];
  /** What its accounts in the accounts file are made of, for `agproxy accounts`. Default: it has none there. */
  readonly accountKind?: AccountKind;
  /** Called once at start, in the order of the config file, and awaited. What it throws stops the start. */
  apply(agproxy: PluginContext): void | Promise<void>;
  /**
   * Opens the store of all plugins, in the place of the one in memory. Called once, before the first `apply`; of all plugins
   * one may have it. What it throws stops the start; core closes the store.
   *
   * @example
   * const kept: Plugin = { name: "kept", openStore: () => connectTo(url), apply: () => undefined };
   */
  openStore?(start: StoreStart): Store | Promise<Store>;
  /** The effective settings in a few words, for the banner. Called after `apply`, like the next two. */
  describe?(): string;
  /** A warning that the banner shows on a line of its own. */
  notice?(): string | undefined;
  /** Why a model name is mapped as it is, in one sentence, for `agproxy explain`. */
  explain?(model: string): string | undefined;
}

/** What a plugin gets that opens the store. */
export interface StoreStart {
  readonly log: Log;
}

/** What a plugin gets from core: everything it may use. */
export interface PluginContext extends Exposing {
  readonly hooks: HookFaces;
  /**
   * Adds accounts to the pool, in this order, and returns all of the plugin's, with the means to add and remove more, also
   * after the start. Throws where an id is taken.
   *
   * @example
   * const accounts = agproxy.accounts([{ id: "work", label: "work", upstream }]);
   * accounts.add({ id: "spare", label: "spare", upstream, models: ["small-*"] });
   * accounts.remove("work");
   */
  accounts(accounts?: readonly Account[]): PluginAccounts;
  /**
   * Adds the accounts that the accounts file has for this plugin, and adds and removes them as it changes. `make` gets the
   * options of one, checked by `kind.read`. Throws where the file is there and cannot be used.
   *
   * @example
   * const schema = v.strictObject({ key: v.string(), ...accountEntries });
   * const kind: AccountKind<v.InferOutput<typeof schema>> = {
   *   secrets: ["key"],
   *   read: (options) => readOptions("my-vendor", schema, options, '{ "key": "…" }'),
   * };
   * agproxy.filedAccounts(kind, ({ key, ...options }) =>
   *   accountOf(options, { id: accountIds("my-vendor")(key), label: "mine", upstream }),
   * );
   */
  filedAccounts<Options>(kind: AccountKind<Options>, make: (options: Options) => Account): void;
  /**
   * Mounts a route for chats: `POST` on a path. Throws where the path is taken.
   *
   * @example
   * agproxy.chat("/talk", protocol);
   */
  chat(path: string, protocol: Protocol): void;
  /**
   * Mounts any other route, behind the same gate; a `RouteResult` says what it may answer. A path may have `:name` for one segment and `*name` for the rest.
   * With `when`, plugins may share a path. Throws where the path is taken.
   *
   * @example
   * agproxy.route("GET", "/greetings/:name", async ({ params }) => ({
   *   body: { greeting: `hello ${params["name"]}` },
   * }));
   */
  route(method: RouteMethod, path: string, answer: RouteAnswer, options?: RouteOptions): void;
  /**
   * Says who asks where the plugin knows it by a login of its own, such as that of a page. It is asked on every path before
   * the hook `authenticate`, which decides about everyone else; unlike a tap there, it makes nobody need a key. What it
   * throws refuses the request.
   *
   * @example
   * agproxy.session(({ headers }) => (headers["x-my-page"] === secret ? { id: "page", name: "page" } : undefined));
   */
  session(find: Session): void;
  /**
   * Says how clients of one API are told errors where no chat route's protocol does: on other routes, on paths that nobody
   * serves, and by plugins that refuse a request at the gate.
   *
   * @example
   * agproxy.errorsOf({ means: ({ path }) => path.startsWith("/notes/"), error: ({ message }) => ({ message }) });
   */
  errorsOf(clients: ClientErrors): void;
  /**
   * Names an API that clients may try and that is not served, so that its paths get a 404 that says so, in a shape that
   * those clients read. A route of any plugin on such a path wins.
   *
   * @example
   * agproxy.unserved({ name: "the Notes API", paths: /^\/v1\/notes(\/|$)/, advice: "A plugin for notes would." });
   */
  unserved(api: UnservedApi): void;
  /**
   * Runs one chat through the same hooks as a chat route does, and writes to a reply of the plugin's own, such as a
   * socket. What `protocol.decode` and `resolveModel` throw, it throws.
   *
   * @example
   * await agproxy.runChat(protocol, { incoming, caller, body: JSON.parse(text) }, socketReply);
   */
  runChat(protocol: Protocol, run: ChatRun, reply: Reply): Promise<void>;
  /**
   * Takes WebSocket upgrades on a path; elsewhere they are answered with 426. What `take` throws is the answer.
   *
   * @example
   * agproxy.upgrade("/live", ({ request, socket, head }) => server.handleUpgrade(request, socket, head, open));
   */
  upgrade(path: string, take: (upgrade: Upgrade) => void | Promise<void>): void;
  /** Every model that a client may name, each once: runs the `listModels` hook. */
  models(incoming: Incoming): Promise<readonly Model[]>;
  /** For calls to upstreams, directly or through an account's proxy. */
  readonly http: Http;
  /** For all other calls out: webhooks, and URLs that a client chose. */
  readonly sideCalls: SideCalls;
  /** What must outlive a request. All plugins share it, so begin keys with the plugin's name. */
  readonly store: Store;
  readonly log: Log;
  /**
   * Aborts when no more requests come here: a reload has put another gateway in this one's place, or agproxy stops. Work
   * without an end of its own, such as an idle socket, must end then; `close` follows when the rest is over.
   */
  readonly retiring: AbortSignal;
  /** Aborts when agproxy begins to stop, after `retiring`: what is under way has `server.drain` milliseconds. */
  readonly stopping: AbortSignal;
  /** The top level of the config file, with defaults. */
  readonly server: ServerSettings;
  /**
   * The gateway, for plugins that show it to people.
   *
   * @example
   * agproxy.route("GET", "/my-status", async () => ({ body: agproxy.gateway.report().accounts }));
   */
  readonly gateway: GatewayView;
}

/** Who asks; undefined where a plugin does not know them. */
export type Session = (incoming: Incoming) => Caller | undefined;

/**
 * Returns the plugin as it is; its parameter gives the object its types.
 *
 * @example
 * export const shout = definePlugin({
 *   name: "shout",
 *   apply: ({ hooks }) => hooks.resolveModel.tap("shout", (model) => model.toLowerCase()),
 * });
 */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/**
 * The log, in pino's form. Never log a body or a secret.
 *
 * @example
 * log.info({ model: exchange.model }, "exchange");
 */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** What a request needs from the gateway. It is complete once all plugins are applied. */
export interface Core {
  readonly hooks: Hooks;
  readonly pool: AccountPool;
  readonly server: ServerSettings;
  readonly log: Log;
  /** Is told of each exchange that is over. */
  readonly tallies: { note(summary: Summary): void };
  /** Those of plugins with a login of their own, in the order of the config. */
  readonly sessions: Session[];
}
