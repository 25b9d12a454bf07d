import type { Incoming } from "@agproxy/core";

/** The paths that no other API has. Google's own for clients of OpenAI, `/v1beta/openai/…`, are not among them. */
const ownPaths = /^\/v1beta\/(?!openai(?:\/|$))|^\/v1\/(?:models|tunedModels)\/.+:[a-zA-Z]+$/;

type Asking = Pick<Incoming, "headers" | "path" | "query">;

/** Whether a client of Google's API asks: by the path, or on paths that others have too by how it brings its key. */
export function isGoogleClient({ headers, path, query }: Asking): boolean {
  return ownPaths.test(path) || isModelList(path, headers, query);
}

function isModelList(path: string, headers: Asking["headers"], query: Asking["query"]): boolean {
  if (!/^\/v1\/models(?:\/|$)/.test(path)) return false;
  return (
    headers["x-goog-api-key"] !== undefined ||
    headers["x-goog-api-client"] !== undefined ||
    query.has("key")
  );
}

/**
 * Puts a key that came in the URL where all others come, because a plugin that knows callers reads headers only: in URLs of other
 * APIs a key is none. A key in a header comes before it.
 */
export function takeKeyOfUrl(incoming: Incoming): void {
  const key = incoming.query.get("key");
  if (key === null || !isGoogleClient(incoming)) return;
  incoming.headers["x-goog-api-key"] ||= key;
}
