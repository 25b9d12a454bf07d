import type { Http, SideCalls } from "../http/http.ts";
import type { Store } from "../store/store.ts";
import type { Model } from "../vocabulary/chat.ts";
import type { HookFaces, Hooks } from "./hooks.ts";
import type { Conversation, Protocol, Reply } from "./protocol.ts";
import type { RouteAnswer, Upgrade } from "./route.ts";
import type { ServerSettings } from "./server-settings.ts";
import type { Account, Incoming } from "./stages.ts";
import type { Logger } from "pino";

/** A plugin: a name and one function that taps hooks. */
export interface Plugin {
  /** Kebab-case; the name in logs, errors and the banner. */
  readonly name: string;
  /**
   * Called once at start, in the order of the config file. May be asynchronous.
   * What it throws stops the start.
   */
  apply(agproxy: PluginContext): void | Promise<void>;
  /** A short phrase about the effective settings, for the banner. Asked after `apply`. */
  describe?(): string;
  /** What a user must know before they rely on it; the banner shows it by itself. Asked after `apply`. */
  notice?(): string | undefined;
  /** Why a model name is mapped as it is, in a sentence, for `agproxy explain`. Asked after `apply`. */
  explain?(model: string): string | undefined;
}

/** What a plugin gets. Nothing else of the core is for it. */
export interface PluginContext {
  readonly hooks: HookFaces;
  /** Adds accounts to the pool. Every one of them is a candidate of every exchange, in this order. */
  accounts(accounts: readonly Account[]): void;
  /** Mounts a route that carries a chat. */
  chat(path: string, protocol: Protocol): void;
  /**
   * Mounts any other route. It is behind the gate like every route. A path may have `:name` for one
   * segment and `*name` for the rest.
   */
  route(method: "GET" | "POST" | "DELETE", path: string, answer: RouteAnswer): void;
  /** Runs one chat through the same hooks as a chat route does, with a reply of the plugin's own. */
  converse(protocol: Protocol, conversation: Conversation, reply: Reply): Promise<void>;
  /** Takes WebSocket upgrades on a path. Without a taker they are answered 426; what one throws is its answer. */
  upgrade(path: string, take: (upgrade: Upgrade) => void | Promise<void>): void;
  /** Every model a client may name, each once: runs the `listModels` hook. */
  models(incoming: Incoming): Promise<readonly Model[]>;
  /** Calls to upstreams, straight or through an account's proxy. */
  readonly http: Http;
  /** All other calls out: webhooks, and URLs that somebody else chose. */
  readonly sideCalls: SideCalls;
  readonly store: Store;
  readonly log: Log;
  /** Aborts when agproxy stops accepting: what has no end of its own should end now. */
  readonly stopping: AbortSignal;
  /** Where agproxy listens and who may come in: the top level of the config file. */
  readonly server: ServerSettings;
}

/** The identity function, for the types. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** What plugins may do with the log. Never give it a body or a secret. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

/** What the life of a request needs: fixed once the plugins are applied. */
export interface Core {
  readonly hooks: Hooks;
  readonly accounts: readonly Account[];
  readonly server: ServerSettings;
  readonly log: Log;
}
