import { AgproxyError } from "../errors/agproxy-error.ts";
import type { ErrorWire, Protocol } from "../hooks/protocol.ts";
import type { ClientErrors, UnservedApi } from "../hooks/route.ts";
import type { Incoming } from "../hooks/stages.ts";

/** The paths of all routes, for finding the one that a client meant. */
export interface Paths {
  /** The path to serve: without doubled slashes, and with the version prefix corrected where only that is wrong. */
  normalise(path: string): string;
  /** In whose shape errors are told: the protocol of a chat route, the client's API, or the one that was tried. */
  errorWireOf(incoming: Incoming): Partial<ErrorWire> | undefined;
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
  /** Whether it leaves requests to other routes on the same path. */
  readonly isShared?: boolean;
}

const versionPrefix = /^\/v\d+[a-z]*(?=\/)/;

/** Base URLs are misconfigured in few ways: a missing or doubled version prefix, doubled or trailing slashes. All are served. */
export function createPaths(
  routes: readonly RoutePath[],
  unserved: readonly UnservedApi[],
  clientErrors: readonly ClientErrors[],
): Paths {
  const fixed = new Map(routes.map((route) => [route.path, route]));
  const prefixes = prefixesOf(routes);
  /** Those that a base URL may have to bring: the clients of an API that shares its paths are told by what they add. */
  const ownPrefixes = [...prefixesOf(routes.filter(({ isShared }) => isShared !== true))];

  function normalise(path: string): string {
    // Nearly all requests.
    if (fixed.has(path)) return path;
    const tidied = tidy(path);
    if (fixed.has(tidied)) return tidied;
    for (const prefix of prefixes) {
      if (fixed.has(prefix + tidied)) return prefix + tidied;
    }
    return withOnePrefix(tidied, prefixes);
  }

  /** What a path takes. Routes that share it with one that takes every request do not count: this request was not theirs. */
  function methodsAt(path: string): readonly string[] {
    const all = routes.filter((route) => fits(route.path, path));
    const own = all.filter(({ isShared }) => isShared !== true);
    return (own.length === 0 ? all : own).map(({ method }) => method);
  }

  /** The API that a path belongs to, unless a route serves it. */
  function unservedAt(method: string, path: string): UnservedApi | undefined {
    const taken = methodsAt(path);
    if (taken.includes(method)) return undefined;
    const prefixed = versionPrefix.test(path) ? [] : ownPrefixes.map((prefix) => prefix + path);
    const meant = [path, ...prefixed];
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
    // A route that shares its path takes the method, and not this request.
    if (allowed.length > 0 && !allowed.includes(method)) {
      return new AgproxyError(
        "method_not_allowed",
        `${path} takes ${allowed.join(", ")}, not ${method}.`,
        { details: { allow: allowed.join(", ") } },
      );
    }
    return nothingAt(method, path, host + (ownPrefixes[0] ?? ""));
  }

  return {
    normalise,
    missing,
    errorWireOf: (incoming) =>
      fixed.get(incoming.path)?.protocol ??
      clientErrors.find(({ means }) => means(incoming)) ??
      unservedAt(incoming.method, incoming.path),
  };
}

/** The path with the last of several prefixes: a base URL had one, and the client has added its own. */
function withOnePrefix(path: string, prefixes: ReadonlySet<string>): string {
  let rest = path;
  for (;;) {
    const [prefix = ""] = versionPrefix.exec(rest) ?? [];
    const [next = ""] = versionPrefix.exec(rest.slice(prefix.length)) ?? [];
    if (!prefixes.has(prefix) || !prefixes.has(next)) return rest;
    rest = rest.slice(prefix.length);
  }
}

function prefixesOf(routes: readonly RoutePath[]): ReadonlySet<string> {
  return new Set(routes.flatMap(({ path }) => versionPrefix.exec(path)?.[0] ?? []));
}

function nothingAt(method: string, path: string, place: string): AgproxyError {
  return new AgproxyError("route_not_found", `There is nothing at ${method} ${path}.`, {
    advice: `Set the client's base URL to http://${place} — it adds the rest of the path itself.`,
  });
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
