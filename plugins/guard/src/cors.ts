import type { IncomingHttpHeaders } from "node:http";

type Headers = Readonly<Record<string, string>>;

/** The gateway's own headers, which a page may read only if told so. */
const exposed = [
  "X-Request-Id",
  "X-Mapped-Model",
  "X-Account-Email",
  "X-Agproxy-Ignored",
  "Retry-After",
].join(", ");

/** The headers that let a page of a listed origin read an answer. https://fetch.spec.whatwg.org/#http-cors-protocol */
export function corsHeaders(origin: string, method: string, headers: IncomingHttpHeaders): Headers {
  const base = { "Access-Control-Allow-Origin": origin, Vary: "Origin" };
  const isPreflight = method === "OPTIONS" && "access-control-request-method" in headers;
  return isPreflight
    ? { ...base, ...preflightHeaders(headers) }
    : { ...base, "Access-Control-Expose-Headers": exposed };
}

function preflightHeaders(headers: IncomingHttpHeaders): Headers {
  return {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": allowedHeaders(headers["access-control-request-headers"]),
    "Access-Control-Max-Age": "600",
    // Asked for where a page of the internet calls into a private network.
    ...(headers["access-control-request-private-network"] === "true"
      ? { "Access-Control-Allow-Private-Network": "true" }
      : {}),
  };
}

/** SDKs send headers of their own with every release, so what is asked for is allowed. */
function allowedHeaders(asked: string | undefined): string {
  return asked !== undefined && /^[\w, -]{1,2000}$/.test(asked)
    ? asked
    : "Authorization, Content-Type, x-api-key, x-goog-api-key";
}
