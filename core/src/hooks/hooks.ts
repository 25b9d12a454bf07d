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
import {
  type Done,
  guardAsync,
  guardLast,
  guardOne,
  guardSync,
  guardTwo,
  type ReportFailure,
  returned,
  type Tapped,
} from "./tap-guard.ts";

/**
 * Stages of taps. Taps of one stage run in the order of the config file.
 *
 * @example
 * hooks.listModels.tap({ name: "aliases", stage: order.last }, (models) => withAliases(models));
 */
export const order = { first: -100, normal: 0, last: 100 } as const;

/** How a plugin taps a hook: its name, and where it stands among the other taps. */
export interface TapOptions {
  /** The plugin's name. */
  readonly name: string;
  /** One of `order`, or a number between. Default: `order.normal`. */
  readonly stage?: number;
  /** The name of a plugin whose taps must run after this one. */
  readonly before?: string;
}

/** A hook as plugins see it: they can tap it, with a plain or an async function, and cannot call it. */
export interface HookFace<Args extends unknown[], Result> {
  tap(options: string | TapOptions, fn: (...args: Args) => Result | Promise<Result>): void;
}

/** A hook whose taps are not awaited: one that returns a promise fails. */
export interface SyncHookFace<Args extends unknown[], Result> {
  tap(options: string | TapOptions, fn: (...args: Args) => Result): void;
}

/** The moments at which plugins meet. Every hook fires on every chat, whatever its route and streamed or not. */
export interface HookFaces {
  /**
   * A request has arrived; its body is not read. Throw to refuse it.
   *
   * @example
   * hooks.beforeAuth.tap("inside", ({ remoteAddress }) => {
   *   if (!remoteAddress.startsWith("10.")) throw new NotFromHere();
   * });
   */
  readonly beforeAuth: HookFace<[Incoming], void>;
  /**
   * Who is asking? The first caller that a tap returns is the one. None is a 401. Without any tap, everyone is let in.
   *
   * @example
   * hooks.authenticate.tap("team", ({ headers }) =>
   *   headers["x-team"] === secret ? { id: "team", name: "team" } : undefined,
   * );
   */
  readonly authenticate: HookFace<[Incoming], Caller | undefined>;
  /**
   * Which model does a name mean? The first answer decides; none leaves the name as it is.
   *
   * @example
   * hooks.resolveModel.tap("lower", (model) => model.toLowerCase());
   */
  readonly resolveModel: HookFace<[string, Incoming], string | undefined>;
  /**
   * Which accounts can take the exchange? A tap may add, remove, mark and sort candidates; the first one that is not
   * `passedOver` is taken. `/readyz` asks too, so a tap must not use anything up.
   *
   * @example
   * hooks.selectAccount.tap("backwards", (candidates) => candidates.toReversed());
   */
  readonly selectAccount: HookFace<[readonly Candidate[], Exchange], readonly Candidate[]>;
  /**
   * Changes what is sent. Fires once per attempt, each time with the client's own request. Return a new one.
   *
   * @example
   * hooks.transformRequest.tap("calm", (request) => ({
   *   ...request,
   *   sampling: { ...request.sampling, temperature: 0 },
   * }));
   */
  readonly transformRequest: HookFace<[ChatRequest, Attempt], ChatRequest>;
  /**
   * Changes what comes back. Fires once per attempt that the upstream has begun to answer.
   *
   * @example
   * hooks.transformStream.tap("no-thoughts", (events) =>
   *   mapEvents(events, (event) => (event.type === "reasoning" ? undefined : event)),
   * );
   */
  readonly transformStream: SyncHookFace<[ChatStream, Attempt], ChatStream>;
  /**
   * An attempt failed before anything went to the client. The first verdict decides; none stops the exchange.
   *
   * @example
   * hooks.attemptFailed.tap("again", ({ error }, { number }) =>
   *   error.code === "upstream_cut" && number === 1 ? { retry: "same account", after: 250 } : undefined,
   * );
   */
  readonly attemptFailed: HookFace<[Failure, Attempt], Verdict | undefined>;
  /**
   * Which models may a client name? Each tap returns the list with its own models added.
   *
   * @example
   * hooks.listModels.tap("mine", (models) => [...models, { id: "assistant", ownedBy: "us" }]);
   */
  readonly listModels: HookFace<[readonly Model[], Incoming], readonly Model[]>;
  /**
   * An exchange is over: answered, failed, or left by its client. No client waits for a tap, also for an async one, and what
   * it throws is logged only. When agproxy stops, it waits for those that are under way.
   *
   * @example
   * hooks.done.tap("bill", ({ exchange, usage }) => bill(exchange.caller, usage?.totalTokens ?? 0));
   */
  readonly done: HookFace<[Summary], void>;
  /**
   * agproxy stops. Taps run from the last plugin to the first; what one throws is logged only.
   *
   * @example
   * hooks.close.tap("journal", () => file.close());
   */
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
 * The hooks as one plugin sees them, with a guard around every tap. Without it tapable would not await an async function,
 * would take its promise for a bail hook's answer, and would not say whose tap threw
 * (docs/decisions/0002-guarded-taps.md). Once `sealed`, a tap throws: it would miss what has already happened.
 */
export function facesFor(plugin: string, hooks: Hooks, setting: TapSetting): HookFaces {
  const named = (hook: string, options: string | TapOptions, fn: unknown) => {
    if (typeof fn !== "function") {
      throw new Error(`Plugin "${plugin}" taps ${hook} without a function.`);
    }
    if (setting.isSealed) {
      throw new Error(
        `Plugin "${plugin}" tapped a hook after the start. Tap hooks inside apply().`,
      );
    }
    const { name, ...place } = typeof options === "string" ? { name: options } : options;
    if (typeof name !== "string" || name === "") {
      throw new Error(`Plugin "${plugin}" taps ${hook} without a name. Write the plugin's name.`);
    }
    return { ...place, name: plugin };
  };
  const awaited = <Args extends unknown[], Result>(
    hook: AwaitedHook<Args, Result>,
    guard: Guard<Args, Result>,
    result: Returned,
  ): HookFace<Args, Result> => ({
    tap: (options, fn) => {
      const tapped = { plugin, hook: hook.name ?? "", ...result };
      hook.tapAsync(named(tapped.hook, options, fn), guard(tapped, fn));
    },
  });
  return {
    beforeAuth: awaited(hooks.beforeAuth, guardOne, returned.anything),
    authenticate: awaited(hooks.authenticate, guardOne, returned.caller),
    resolveModel: awaited(hooks.resolveModel, guardTwo, returned.model),
    selectAccount: awaited(hooks.selectAccount, guardTwo, returned.list),
    transformRequest: awaited(hooks.transformRequest, guardTwo, returned.request),
    transformStream: {
      tap(options, fn) {
        const tapped = { plugin, hook: "transformStream", ...returned.stream };
        hooks.transformStream.tap(named(tapped.hook, options, fn), guardSync(tapped, fn));
      },
    },
    attemptFailed: awaited(hooks.attemptFailed, guardTwo, returned.verdict),
    listModels: awaited(hooks.listModels, guardTwo, returned.list),
    done: {
      tap(options, fn) {
        const tapped = { plugin, hook: "done", ...returned.anything };
        const { pending, report } = setting;
        hooks.done.tap(named(tapped.hook, options, fn), guardLast(tapped, fn, pending, report));
      },
    },
    close: {
      // Backwards: a plugin may use what an earlier one holds open.
      tap: (options, fn) =>
        hooks.close.tapPromise(
          { ...named("close", options, fn), stage: -hooks.close.taps.length },
          guardAsync({ plugin, hook: "close", ...returned.anything }, fn),
        ),
    },
  };
}

/** What all taps of a gateway share. */
export interface TapSetting {
  /** Whether the start is over. */
  readonly isSealed: boolean;
  /** The promises of `done` taps that are not settled yet. */
  readonly pending: Set<Promise<void>>;
  readonly report: ReportFailure;
}

type Returned = Pick<Tapped, "returns" | "isReturn">;

type Guard<Args extends unknown[], Result> = (
  tapped: Tapped,
  fn: (...args: Args) => Result | Promise<Result>,
) => (...given: [...Args, Done<Result>]) => void;

interface AwaitedHook<Args extends unknown[], Result> {
  readonly name: string | undefined;
  tapAsync(options: TapOptions, fn: (...args: [...Args, Done<Result>]) => void): void;
}
