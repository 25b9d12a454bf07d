import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Protocol } from "../hooks/protocol.ts";

/** The paths of all routes, for finding the one that a client meant. */
export interface Paths {
  /** The path to serve: without doubled slashes, and with the version prefix corrected where only that is wrong. */
  normalise(path: string): string;
  /** The protocol of a chat route. */
  protocolAt(path: string): Protocol | undefined;
  /** The error for a path or a method that is not served. It names the base URL that was probably meant. */
  missing(method: string, path: string, host: string): AgproxyError;
}

export interface RoutePath {
  readonly method: string;
  readonly path: string;
  readonly protocol?: Protocol;
}

/** Base URLs are misconfigured in few ways: a missing or doubled version prefix, doubled or trailing slashes. All are served. */
export function createPaths(routes: readonly RoutePath[]): Paths {
  const fixed = new Map(routes.map((route) => [route.path, route]));
  const prefixes = new Set(
    routes.flatMap(({ path }) => /^\/v\d+[a-z]*(?=\/)/.exec(path)?.[0] ?? []),
  );

  function normalise(path: string): string {
    // Nearly all requests.
    if (fixed.has(path)) return path;
    const tidied = tidy(path);
    if (fixed.has(tidied)) return tidied;
    for (const prefix of prefixes) {
      let rest = tidied;
      while (rest.startsWith(`${prefix}${prefix}/`)) rest = rest.slice(prefix.length);
      if (rest !== tidied) return rest;
      if (fixed.has(prefix + tidied)) return prefix + tidied;
    }
    return tidied;
  }

  function missing(method: string, path: string, host: string): AgproxyError {
    const allowed = routes.filter((route) => fits(route.path, path)).map((route) => route.method);
    if (allowed.length > 0) {
      return new AgproxyError(
        "method_not_allowed",
        `${path} takes ${allowed.join(", ")}, not ${method}.`,
        { details: { allow: allowed.join(", ") } },
      );
    }
    const prefix = [...prefixes][0] ?? "";
    return new AgproxyError("route_not_found", `There is nothing at ${method} ${path}.`, {
      advice: `Set the client's base URL to http://${host}${prefix} — it adds the rest of the path itself.`,
    });
  }

  return { normalise, missing, protocolAt: (path) => fixed.get(path)?.protocol };
}

/** Whether a path fits a route's pattern, which may have `:name` and `*name` in it. */
function fits(pattern: string, path: string): boolean {
  const source = pattern.replaceAll(/([:*])\w+/g, (_, sign) => (sign === "*" ? ".+" : "[^/]+"));
  return new RegExp(`^${source}$`).test(path);
}

function tidy(path: string): string {
  const single = path.includes("//") ? path.replaceAll(/\/{2,}/g, "/") : path;
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single;
}
