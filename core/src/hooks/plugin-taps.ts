import { apply, type GivenAnswer, type OpenExchange } from "./exchange-change.ts";
import type { HookFace, HookFaces, TapOptions } from "./hook-faces.ts";
import type { Hooks } from "./hooks.ts";
import {
  type Done,
  guardAsync,
  guardLast,
  guardOne,
  guardSync,
  guardThree,
  guardTwo,
  type LastTaps,
  returned,
  type Tapped,
} from "./tap-guard.ts";

/**
 * The hooks as one plugin sees them, with a guard around every tap. Without it tapable would not await an async function,
 * would take its promise for a bail hook's answer, and would not say whose tap threw
 * (docs/decisions/0002-guarded-taps.md). Once `sealed`, a tap throws: it would miss what has already happened.
 */
export function facesFor(plugin: string, hooks: Hooks, setting: TapSetting): HookFaces {
  const named = (hook: string, options: string | TapOptions, fn: unknown) =>
    placed({ plugin, hook, isSealed: setting.isSealed }, options, fn);
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
    exchange: {
      tap(options, fn) {
        const tapped = { plugin, hook: "exchange", ...returned.change };
        hooks.exchange.tapAsync(named(tapped.hook, options, fn), guardChange(tapped, fn));
      },
    },
    selectAccount: awaited(hooks.selectAccount, guardThree, returned.list),
    claimAccount: awaited(hooks.claimAccount, guardOne, returned.passedOver),
    awaitAccount: awaited(hooks.awaitAccount, guardThree, returned.model),
    transformRequest: awaited(hooks.transformRequest, guardTwo, returned.request),
    transformStream: {
      tap(options, fn) {
        const tapped = { plugin, hook: "transformStream", ...returned.stream };
        hooks.transformStream.tap(named(tapped.hook, options, fn), guardSync(tapped, fn));
      },
    },
    attemptFailed: awaited(hooks.attemptFailed, guardTwo, returned.verdict),
    listModels: awaited(hooks.listModels, guardTwo, returned.list),
    beforeAnswer: {
      tap(options, fn) {
        const tapped = { plugin, hook: "beforeAnswer", ...returned.nothing };
        const guarded = guardLast(tapped, guardSync(tapped, fn), setting);
        hooks.beforeAnswer.tap(named(tapped.hook, options, fn), guarded);
      },
    },
    done: {
      tap(options, fn) {
        const tapped = { plugin, hook: "done", ...returned.anything };
        hooks.done.tap(named(tapped.hook, options, fn), guardLast(tapped, fn, setting));
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

/** A tap of `exchange`: what it returns is carried out, and only an answer ends the hook. */
function guardChange(tapped: Tapped, fn: Parameters<HookFaces["exchange"]["tap"]>[1]) {
  const guarded = guardOne(tapped, fn);
  return (exchange: OpenExchange, done: Done<GivenAnswer | undefined>): void =>
    guarded(exchange, (error, change) =>
      error === null
        ? done(null, change ? apply(exchange, change, tapped.plugin) : undefined)
        : done(error),
    );
}

/** Where a tap stands, under its plugin's name. Throws where it is none, or too late. */
function placed(
  { plugin, hook, isSealed }: { plugin: string; hook: string; isSealed: boolean },
  options: string | TapOptions,
  fn: unknown,
): TapOptions {
  if (typeof fn !== "function") {
    throw new Error(`Plugin "${plugin}" taps ${hook} without a function.`);
  }
  if (isSealed) {
    throw new Error(`Plugin "${plugin}" tapped a hook after the start. Tap hooks inside apply().`);
  }
  const { name, ...place } = typeof options === "string" ? { name: options } : options;
  if (typeof name !== "string" || name === "") {
    throw new Error(`Plugin "${plugin}" taps ${hook} without a name. Write the plugin's name.`);
  }
  return { ...place, name: plugin };
}

/** What all taps of a gateway share. */
export interface TapSetting extends LastTaps {
  /** Whether the start is over. */
  readonly isSealed: boolean;
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
