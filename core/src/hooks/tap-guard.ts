import { AgproxyError } from "../errors/agproxy-error.ts";

/** Wraps a tap so that it is awaited and its failure names plugin and hook. */
export function guardAsync<Args extends unknown[], Result>(
  hook: string | undefined,
  plugin: string,
  fn: (...args: Args) => Result | Promise<Result>,
) {
  return async (...args: Args): Promise<Result> => {
    try {
      return await fn(...args);
    } catch (thrown) {
      throw blame(thrown, hook, plugin);
    }
  };
}

/** The same for a hook that does not wait: a tap that returns a promise fails. */
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

/** An `AgproxyError` is meant for the client and stays; anything else becomes `plugin_failed`, with plugin and hook. */
export function blame(thrown: unknown, hook = "a hook", plugin: string): AgproxyError {
  if (thrown instanceof AgproxyError) return thrown;
  return new AgproxyError("plugin_failed", `Plugin "${plugin}" failed in ${hook}.`, {
    cause: thrown,
    details: { plugin, hook },
  });
}
