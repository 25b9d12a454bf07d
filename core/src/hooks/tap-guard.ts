import { AgproxyError } from "../errors/agproxy-error.ts";

/** A tap that is awaited, and whose failure names plugin and hook. */
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

/** The same for a hook that waits for nobody. */
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
