/** What a request says about the page it comes from. */
export interface Provenance {
  readonly host: string;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header */
  readonly fetchSite: string | undefined;
}

/** Web origins that may use the gateway; `*` is every one. */
export type OriginList = ReadonlySet<string>;

/**
 * - `own`: no page at all, or one that this gateway itself served.
 * - `listed`: another page, which the config allows.
 * - `foreign`: any other page.
 */
export type OriginVerdict = "own" | "listed" | "foreign";

/** Browsers send `Origin` with everything that can change something, other programs hardly ever do. */
export function judgeOrigin({ host, origin, fetchSite }: Provenance, listed: OriginList) {
  if (origin === undefined) {
    // An image or a link on a page sends no Origin, but a browser of today says where it stands.
    return fetchSite === "cross-site" && !listed.has("*") ? "foreign" : "own";
  }
  // A sandboxed frame of any page has the origin `null`.
  if (origin === "null") return "foreign";
  if (listed.has("*") || listed.has(origin.toLowerCase())) return "listed";
  return isSameOrigin(origin, host) ? "own" : "foreign";
}

/** Host is checked before, so a page with the same host and port is one of this gateway's own. */
function isSameOrigin(origin: string, host: string): boolean {
  if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  const called = `${protocol}//${host}`;
  return URL.canParse(called) && new URL(called).host === own;
}
