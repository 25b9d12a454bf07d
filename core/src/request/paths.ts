import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Protocol } from "../hooks/protocol.ts";
import type { UnservedApi } from "../hooks/route.ts";

/** The paths of all routes, for finding the one that a client meant. */
export interface Paths {
  /** The path to serve: without doubled slashes, and with the version prefix corrected where only that is wrong. */
  normalise(path: string): string;
  /** In whose shape errors are told: the protocol of a chat route, or the API that was tried. */
  errorWireAt(method: string, path: string): Pick<UnservedApi, "error"> | undefined;
  /**
   * The error for a path or a method that is not served. It names the API that was tried, or the base URL that was
   * probably meant.
   */
  missing(method: string, path: string, host: string): AgproxyError;
}

export interface RoutePath {
  readonly method: string;
  readonly path: string;
  readonly protocol?: Protocol;
}

/** Base URLs are misconfigured in few ways: a missing or doubled version prefix, doubled or trailing slashes. All are served. */
export function createPaths(routes: readonly RoutePath[], unserved: readonly UnservedApi[]): Paths {
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

  const methodsAt = (path: string): readonly string[] =>
    routes.filter((route) => fits(route.path, path)).map((route) => route.method);

  /** The API that a path belongs to, unless a route serves it. */
  function unservedAt(method: string, path: string): UnservedApi | undefined {
    const taken = methodsAt(path);
    if (taken.includes(method)) return undefined;
    const meant = [path, ...[...prefixes].map((prefix) => prefix + path)];
    return unserved.find(
      (api) =>
        (api.method === undefined ? taken.length === 0 : api.method === method) &&
        meant.some((one) => api.paths.test(one)),
    );
  }

  function missing(method: string, path: string, host: string): AgproxyError {
    const api = unservedAt(method, path);
    if (api !== undefined) {
      const message = `agproxy does not serve ${api.name} (${method} ${path}).`;
      return new AgproxyError("not_served", message, { advice: api.advice });
    }
    const allowed = methodsAt(path);
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

  return {
    normalise,
    missing,
    errorWireAt: (method, path) => fixed.get(path)?.protocol ?? unservedAt(method, path),
  };
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
