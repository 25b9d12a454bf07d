import { AgproxyError } from "../errors/agproxy-error.ts";

/** How a tap tells tapable that it is through. */
export type Done<Result> = (error: Error | null, result?: Result) => void;

/** An answer that is here already is handed on at once: most taps have nothing to wait for. */
export function guardAsync<Args extends unknown[], Result>(
  hook: string | undefined,
  plugin: string,
  fn: (...args: Args) => Result | Promise<Result>,
) {
  const call = fn as unknown as (first: unknown, second?: unknown) => Result | Promise<Result>;
  // A hook has one argument or two, and tapable's callback comes last. To gather them costs more than most taps do.
  const guarded = (first: unknown, second: unknown, third?: unknown): void => {
    const tell = (third ?? second) as Done<Result>;
    let result: Result | Promise<Result>;
    try {
      result = third === undefined ? call(first) : call(first, second);
    } catch (thrown) {
      tell(blame(thrown, hook, plugin));
      return;
    }
    if (!isThenable(result)) return tell(null, result);
    result.then(
      (answer) => tell(null, answer),
      (thrown: unknown) => tell(blame(thrown, hook, plugin)),
    );
  };
  return guarded as unknown as (...given: [...Args, Done<Result>]) => void;
}

/** What `await` would wait for. Libraries have promises of their own. */
function isThenable<Result>(result: Result | PromiseLike<Result>): result is PromiseLike<Result> {
  const mayHave = (typeof result === "object" && result !== null) || typeof result === "function";
  return mayHave && "then" in result && typeof result.then === "function";
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
