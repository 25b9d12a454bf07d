import type { IncomingHttpHeaders } from "node:http";

/**
 * Media types that a body may have. A web page can send text and forms anywhere without asking, JSON
 * only after a preflight: this is what keeps drive-by requests out. Uploads come as multipart forms; only
 * the routes that take them read them, and there the Origin check alone stands between.
 */
const accepted = [
  /^application\/json$/,
  /^multipart\/form-data$/,
  /^[!#$&^_.+a-z0-9-]+\/[!#$&^_.+a-z0-9-]+\+json$/,
];

const methodsWithBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** Whether a request's body, if it has one, is of a type that routes take. */
export function isBodyAcceptable(method: string, headers: IncomingHttpHeaders): boolean {
  const { "content-type": given = "" } = headers;
  // As it nearly always is.
  if (given === "application/json") return true;
  if (!methodsWithBody.has(method) || !hasBody(headers)) return true;
  const type = given.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return accepted.some((pattern) => pattern.test(type));
}

/** RFC 9112 section 6.3. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers["transfer-encoding"] !== undefined) return true;
  return headers["content-length"] !== undefined && Number(headers["content-length"]) !== 0;
}
