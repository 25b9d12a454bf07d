import { AgproxyError } from "./errors.ts";

/** How a tap tells tapable that it is through. */
export type Done<Result> = (error: Error | null, result?: Result) => void;

/** An answer that is here already is handed on at once: most taps have nothing to wait for. */
export function guardAsync<Args extends unknown[], Result>(
  hook: string | undefined,
  plugin: string,
  fn: (...args: Args) => Result | Promise<Result>,
) {
  return (...given: [...Args, Done<Result>]): void => {
    const tell = given.pop() as Done<Result>;
    const failed = (thrown: unknown) => tell(blame(thrown, hook, plugin));
    let result: Result | Promise<Result>;
    try {
      result = fn(...(given as unknown as Args));
    } catch (thrown) {
      failed(thrown);
      return;
    }
    if (isThenable(result)) result.then((answer) => tell(null, answer), failed);
    else tell(null, result);
  };
}

/** What `await` would wait for. Libraries have promises of their own. */
function isThenable<Result>(result: Result | PromiseLike<Result>): result is PromiseLike<Result> {
  const { then } = Object(result) as { then?: unknown };
  return typeof then === "function";
}

export function guardSync<Args extends unknown[], Result>(
  hook: string | undefined,
  plugin: string,
  fn: (...args: Args) => Result,
) {
  return (...args: Args): Result => {
    try {
      const result = fn(...args);
      if (result instanceof Promise) throw new TypeError("the tap is async; this hook is not");
      return result;
    } catch (thrown) {
      throw blame(thrown, hook, plugin);
    }
  };
}

/** A refusal in agproxy's own words passes; anything else becomes an error that names plugin and hook. */
export function blame(thrown: unknown, hook = "a hook", plugin: string): AgproxyError {
  if (thrown instanceof AgproxyError) return thrown;
  return new AgproxyError("plugin_failed", `Plugin "${plugin}" failed in ${hook}.`, {
    cause: thrown,
    details: { plugin, hook },
  });
}
