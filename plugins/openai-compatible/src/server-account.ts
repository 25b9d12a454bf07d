import type { CompatibleAccount } from "./options.ts";
import { type ServerKind, serverKinds, serverOf } from "./servers.ts";

/** What an account has that nobody else may see, and how its server is asked. */
export interface ServerAccount {
  readonly host: string;
  readonly kind: ServerKind;
  /** The URL of one of the API's paths, such as `/models`. */
  url(path: string): string;
  /** The key, as a header. */
  readonly headers: Readonly<Record<string, string>>;
  /** Words that must not be shown. */
  readonly secrets: readonly string[];
}

/** The private side of an account. */
export function serverAccount(given: CompatibleAccount): ServerAccount {
  const { key, headers = {} } = given;
  const { origin, host, hostname, path, search } = apiAddress(given.baseUrl);
  return {
    host,
    kind: serverKinds[given.server ?? serverOf(hostname)],
    url: (of) => `${origin}${path}${of}${search}`,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    secrets: [...(key === undefined ? [] : [key]), ...Object.values(headers).filter(isLong)],
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
