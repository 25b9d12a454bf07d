import type { IncomingHttpHeaders } from "node:http";

/**
 * The key a request brings, from the first of `Authorization`, `x-api-key` and `x-goog-api-key` that
 * has a value. The others are not looked at: a wrong key is wrong, whatever stands next to it.
 * `Authorization` may hold the bare key without `Bearer`. A key in the URL is not read: URLs end up in logs.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const authorization = text(headers.authorization);
  if (authorization !== undefined) return authorization.replace(/^bearer\s+/i, "");
  return text(headers["x-api-key"]) ?? text(headers["x-goog-api-key"]);
}

function text(value: string | string[] | undefined): string | undefined {
  const trimmed = (Array.isArray(value) ? value.join(", ") : value)?.trim();
  return trimmed === "" ? undefined : trimmed;
}
