import {
  AsyncSeriesBailHook,
  AsyncSeriesHook,
  AsyncSeriesWaterfallHook,
  SyncHook,
  SyncWaterfallHook,
} from "tapable";
import type { ChatStream } from "../vocabulary/answer.ts";
import type { ChatRequest, Model } from "../vocabulary/chat.ts";
import type {
  Attempt,
  Caller,
  Candidate,
  Exchange,
  Failure,
  Incoming,
  Summary,
  Verdict,
} from "./stages.ts";
import { blame, guardAsync, guardSync } from "./tap-guard.ts";

/** Where a tap stands among the others. Without one, the order is that of the config file. */
export const order = { first: -100, normal: 0, last: 100 } as const;

export interface TapOptions {
  /** The plugin's name. */
  readonly name: string;
  /** One of `order`, or a number between. */
  readonly stage?: number;
  /** The name of a plugin whose taps must come later. */
  readonly before?: string;
}

/** A hook as a plugin sees it: it can be tapped, with a plain or an async function, and not called. */
export interface HookFace<Args extends unknown[], Result> {
  tap(options: string | TapOptions, fn: (...args: Args) => Result | Promise<Result>): void;
}

/** A hook whose taps run in one go: an async function is refused. */
export interface SyncHookFace<Args extends unknown[], Result> {
  tap(options: string | TapOptions, fn: (...args: Args) => Result): void;
}

/** The moments of a request at which plugins meet. Every hook fires alike on every route, streamed or not. */
export interface HookFaces {
  /** A request has arrived, nothing is known of it but its head. Throw to refuse it. */
  readonly beforeAuth: HookFace<[Incoming], void>;
  /** Who is asking? The first tap that returns a caller decides; none is a 401. With no tap at all, anyone may come in. */
  readonly authenticate: HookFace<[Incoming], Caller | undefined>;
  /** Which model does a name mean? The first tap that returns one decides; none leaves the name as it is. */
  readonly resolveModel: HookFace<[string, Incoming], string | undefined>;
  /** Who can take the request? Sources add candidates, filters mark or remove, orderers sort; the first one left is taken. */
  readonly selectAccount: HookFace<[readonly Candidate[], Exchange], readonly Candidate[]>;
  /** The last word on what is sent, once per attempt. Return a new request to change it. */
  readonly transformRequest: HookFace<[ChatRequest, Attempt], ChatRequest>;
  /** Wraps the stream of events, once per attempt. See `mapEvents`. */
  readonly transformStream: SyncHookFace<[ChatStream, Attempt], ChatStream>;
  /** An attempt failed before anything went to the client. The first verdict decides; none means stop. */
  readonly attemptFailed: HookFace<[Failure, Attempt], Verdict | undefined>;
  /** Which models may a client name? Each tap returns the list with its own added. */
  readonly listModels: HookFace<[readonly Model[], Incoming], readonly Model[]>;
  /** An exchange is over, whatever became of it. What a tap throws is logged and shown to nobody. */
  readonly done: SyncHookFace<[Summary], void>;
  /** agproxy stops; the last plugin is told first. */
  readonly close: HookFace<[reason: string], void>;
}

/** The hooks as the core calls them. */
export type Hooks = ReturnType<typeof createTapables>;

function createTapables() {
  return {
    beforeAuth: new AsyncSeriesHook<[Incoming]>(["incoming"], "beforeAuth"),
    authenticate: new AsyncSeriesBailHook<[Incoming], Caller | undefined>(
      ["incoming"],
      "authenticate",
    ),
    resolveModel: new AsyncSeriesBailHook<[string, Incoming], string | undefined>(
      ["model", "incoming"],
      "resolveModel",
    ),
    selectAccount: new AsyncSeriesWaterfallHook<[readonly Candidate[], Exchange]>(
      ["candidates", "exchange"],
      "selectAccount",
    ),
    transformRequest: new AsyncSeriesWaterfallHook<[ChatRequest, Attempt]>(
      ["request", "attempt"],
      "transformRequest",
    ),
    transformStream: new SyncWaterfallHook<[ChatStream, Attempt]>(
      ["events", "attempt"],
      "transformStream",
    ),
    attemptFailed: new AsyncSeriesBailHook<[Failure, Attempt], Verdict | undefined>(
      ["failure", "attempt"],
      "attemptFailed",
    ),
    listModels: new AsyncSeriesWaterfallHook<[readonly Model[], Incoming]>(
      ["models", "incoming"],
      "listModels",
    ),
    done: new SyncHook<[Summary]>(["summary"], "done"),
    close: new AsyncSeriesHook<[string]>(["reason"], "close"),
  };
}

/** Makes the hooks; plugins tap them only through `facesFor`. */
export function createHooks(): Hooks {
  return createTapables();
}

/**
 * The hooks as one plugin sees them, with a guard around every tap. tapable leaves traps open: it does not
 * await `tap(name, async fn)`, it takes a promise for a bail hook's answer, it waits for ever on a
 * `tapPromise` that returns none, and its errors do not say whose tap threw. Once `sealed`, a tap throws:
 * it would come too late to be heard.
 */
export function facesFor(plugin: string, hooks: Hooks, sealed: () => boolean): HookFaces {
  const stamp = (options: string | TapOptions) => {
    if (sealed()) {
      throw new Error(
        `Plugin "${plugin}" tapped a hook after the start. Tap hooks inside apply().`,
      );
    }
    return { ...(typeof options === "string" ? {} : options), name: plugin };
  };
  const awaited = <Args extends unknown[], Result>(
    hook: AwaitedHook<Args, Result>,
  ): HookFace<Args, Result> => ({
    tap: (options, fn) => hook.tapPromise(stamp(options), guardAsync(hook.name, plugin, fn)),
  });
  const immediate = <Args extends unknown[], Result>(
    hook: ImmediateHook<Args, Result>,
  ): SyncHookFace<Args, Result> => ({
    tap: (options, fn) => hook.tap(stamp(options), guardSync(hook.name, plugin, fn)),
  });
  return {
    beforeAuth: awaited(hooks.beforeAuth),
    authenticate: awaited(hooks.authenticate),
    resolveModel: awaited(hooks.resolveModel),
    selectAccount: awaited(hooks.selectAccount),
    transformRequest: awaited(hooks.transformRequest),
    transformStream: immediate(hooks.transformStream),
    attemptFailed: awaited(hooks.attemptFailed),
    listModels: awaited(hooks.listModels),
    done: immediate(hooks.done),
    close: {
      // The last plugin is told first: it may stand on what the earlier ones hold.
      tap: (_options, fn) =>
        hooks.close.tapPromise(
          { name: plugin, stage: -hooks.close.taps.length },
          async (reason) => {
            try {
              await fn(reason);
            } catch (thrown) {
              throw blame(thrown, "close", plugin);
            }
          },
        ),
    },
  };
}

interface AwaitedHook<Args extends unknown[], Result> {
  readonly name: string | undefined;
  tapPromise(options: TapOptions, fn: (...args: Args) => Promise<Result>): void;
}

interface ImmediateHook<Args extends unknown[], Result> {
  readonly name: string | undefined;
  tap(options: TapOptions, fn: (...args: Args) => Result): void;
}
