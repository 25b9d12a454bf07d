import type { IncomingHttpHeaders } from "node:http";
import { AgproxyError, type Incoming, remember } from "@agproxy/core";
import { HostNotAllowed, OriginNotAllowed } from "./errors.ts";
import { type HostList, isHostAllowed } from "./host-list.ts";
import { readHost } from "./host-name.ts";

/** Web origins that may use the gateway; `*` is every one. */
export type OriginList = ReadonlySet<string>;

const maxCachedHosts = 64;

/** Clients choose these names, so an error repeats only so many characters of one. */
const maxQuotedLength = 200;

/** Checks where a request comes from and the type of its body. Throws the refusal; sets CORS headers for listed pages. */
export function requestCheck(hosts: HostList, origins: OriginList): (incoming: Incoming) => void {
  const hostRefusal = remember(maxCachedHosts, (header) => judgeHost(header, hosts));
  return (incoming) => {
    const refusal = hostRefusal(incoming.headers.host ?? "");
    if (refusal !== undefined) throw new HostNotAllowed(refusal);
    checkOrigin(incoming, origins);
    if (!isBodyAcceptable(incoming.method, incoming.headers)) {
      throw new AgproxyError("unsupported_media_type");
    }
  };
}

/** Why requests for a host are refused; undefined where they are not. */
function judgeHost(header: string, list: HostList): string | undefined {
  const host = readHost(header);
  if (host === undefined) return "The request has no readable Host header.";
  if (isHostAllowed(host, list)) return undefined;
  return `Requests for the host ${host.name.slice(0, maxQuotedLength)} are not allowed.`;
}

function checkOrigin(incoming: Incoming, listed: OriginList): void {
  const { method, headers, protocol } = incoming;
  const { host = "", origin, "sec-fetch-site": site } = headers;
  const fetchSite = Array.isArray(site) ? site[0] : site;
  const verdict = judgeOrigin({ host, protocol, origin, fetchSite }, listed);
  if (listed.size > 0) incoming.setHeader("Vary", "Origin");
  if (verdict === "foreign") throw foreignPage(origin);
  if (verdict === "own" || origin === undefined) return;
  for (const [name, value] of Object.entries(corsHeaders(origin, method, headers))) {
    incoming.setHeader(name, value);
  }
}

function foreignPage(origin: string | undefined): AgproxyError {
  if (origin === undefined || origin === "null") return new OriginNotAllowed();
  const message = `Pages of ${origin.slice(0, maxQuotedLength)} are not allowed here.`;
  return new OriginNotAllowed(message, {
    advice: "Add the origin to the guard plugin's `origins`.",
  });
}

/** What a request says about the page it comes from. */
export interface Provenance {
  readonly host: string;
  /** How the request came. A proxy with TLS that `trustProxy` does not name makes it `http`. */
  readonly protocol: "http" | "https";
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header */
  readonly fetchSite: string | undefined;
}

/**
 * - `own`: no page at all, or one that this gateway itself served.
 * - `listed`: another page, which the config allows.
 * - `foreign`: any other page.
 */
export type OriginVerdict = "own" | "listed" | "foreign";

/** Judges by `Origin`, which browsers send with every request that can change something. */
export function judgeOrigin(
  { host, protocol, origin, fetchSite }: Provenance,
  listed: OriginList,
): OriginVerdict {
  if (origin === undefined) {
    // Browsers send no Origin for an image or a link, but they mark it as cross-site.
    return fetchSite === "cross-site" && !listed.has("*") ? "foreign" : "own";
  }
  // A sandboxed frame of any page has the origin `null`, so even `*` does not allow it.
  if (origin === "null") return "foreign";
  if (listed.has("*") || listed.has(origin.toLowerCase())) return "listed";
  return isSameOrigin(origin, host, protocol) ? "own" : "foreign";
}

/**
 * `Host` is checked before, so a page with the same host and port was served by this gateway. But where requests come by TLS,
 * a page of plain HTTP may be anybody's who stands between.
 */
function isSameOrigin(origin: string, host: string, came: Provenance["protocol"]): boolean {
  if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host: own } = new URL(origin);
  if (came === "https" && protocol === "http:") return false;
  const called = `${protocol}//${host}`;
  return URL.canParse(called) && new URL(called).host === own;
}

/**
 * Media types that a body may have. Browsers let any page send text and plain forms without a preflight, but JSON
 * only after one, so these types keep such pages out. Multipart forms need no preflight either: routes that take
 * uploads are protected by the Origin check alone.
 */
const acceptedTypes = [
  /^application\/json$/,
  /^multipart\/form-data$/,
  /^[!#$&^_.+a-z0-9-]+\/[!#$&^_.+a-z0-9-]+\+json$/,
];

const methodsWithBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Whether a request has no body, or one whose media type routes take. */
export function isBodyAcceptable(method: string, headers: IncomingHttpHeaders): boolean {
  const { "content-type": contentType = "" } = headers;
  // Nearly all requests: no need to look further.
  if (contentType === "application/json") return true;
  if (!methodsWithBody.has(method) || !hasBody(headers)) return true;
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return acceptedTypes.some((pattern) => pattern.test(type));
}

/** Source: RFC 9112 section 6.3. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers["transfer-encoding"] !== undefined) return true;
  return headers["content-length"] !== undefined && Number(headers["content-length"]) !== 0;
}

type Headers = Readonly<Record<string, string>>;

/** agproxy's own headers, and OpenAI's for limits: a page can read only those that are listed here. */
const exposedHeaders = [
  "X-Request-Id",
  "X-Mapped-Model",
  "X-Account-Email",
  "X-Agproxy-Ignored",
  "X-Agproxy-Estimated",
  "Retry-After",
  "x-should-retry",
  ...["limit", "remaining", "reset"].flatMap((what) => [
    `x-ratelimit-${what}-requests`,
    `x-ratelimit-${what}-tokens`,
  ]),
].join(", ");

/** The headers that let a page of a listed origin read an answer. Source: https://fetch.spec.whatwg.org/#http-cors-protocol */
function corsHeaders(origin: string, method: string, headers: IncomingHttpHeaders): Headers {
  const always = { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
  const isPreflight = method === "OPTIONS" && "access-control-request-method" in headers;
  return isPreflight
    ? { ...always, ...preflightHeaders(headers) }
    : { ...always, "Access-Control-Expose-Headers": exposedHeaders };
}

function preflightHeaders(headers: IncomingHttpHeaders): Headers {
  return {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": allowedHeaders(headers["access-control-request-headers"]),
    "Access-Control-Max-Age": "600",
    // Browsers ask for this when a page of the internet calls into a private network.
    ...(headers["access-control-request-private-network"] === "true"
      ? { "Access-Control-Allow-Private-Network": "true" }
      : {}),
  };
}

/** All headers that are asked for: SDKs add their own with every release, so a fixed list would break them. */
function allowedHeaders(asked: string | undefined): string {
  return asked !== undefined && /^[\w, -]{1,2000}$/.test(asked)
    ? asked
    : "Authorization, Content-Type, x-api-key, x-goog-api-key";
}
