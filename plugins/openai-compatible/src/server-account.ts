import type { Account, Upstream } from "@agproxy/core";
import type { CompatibleAccount } from "./options.ts";
import { type ServerKind, serverKinds, serverOf } from "./servers.ts";

/** What an account has that nobody else may see, and how its server is asked. */
export interface ServerAccount {
  readonly host: string;
  readonly kind: ServerKind;
  /** The URL of one of the API's paths, such as `/models`. */
  url(path: string): string;
  /** For every call: the key among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Words that must not be shown. */
  readonly secrets: readonly string[];
  /** The models that it is asked for. Absent: those that the server lists. */
  readonly models: readonly string[] | undefined;
}

/** The private side of an account. */
export function serverAccount(given: CompatibleAccount): ServerAccount {
  const { key, headers = {}, models } = given;
  const { origin, host, hostname, path, search } = apiAddress(given.baseUrl);
  return {
    host,
    kind: serverKinds[given.server ?? serverOf(hostname)],
    url: (of) => `${origin}${path}${of}${search}`,
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
    secrets: [...(key === undefined ? [] : [key]), ...Object.values(headers).filter(isLong)],
    models,
  };
}

/** A header's short value is a word that may stand in any text. */
function isLong(value: string): boolean {
  return value.length >= 8;
}

/** People paste the URL of a page, of the server alone, or of one method; the API is under `/v1` where nothing else is said. */
function apiAddress(baseUrl: string) {
  const { origin, host, hostname, pathname, search } = new URL(baseUrl);
  const path = pathname
    .replace(/\/+$/, "")
    .replace(/\/(?:chat\/completions|models|embeddings)$/, "");
  return { origin, host, hostname, path: path === "" ? "/v1" : path, search };
}

/** The public side: what the pool and every plugin sees. */
export function poolAccount(
  id: string,
  given: CompatibleAccount,
  label: string,
  upstream: Upstream,
): Account {
  const { quotaGroup, proxy } = given;
  return {
    id,
    label,
    upstream,
    ...(quotaGroup === undefined ? {} : { quotaGroup }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
