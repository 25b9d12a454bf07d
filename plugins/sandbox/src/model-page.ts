import { models } from "./models.ts";

/**
 * One page of the model list.
 * Source: https://ai.google.dev/api/models#method:-models.list
 */
export function modelPage(query: URLSearchParams) {
  const asked = Math.trunc(Number(query.get("pageSize")));
  const size = asked > 0 ? Math.min(asked, 1000) : 50;
  const token = Math.trunc(Number(query.get("pageToken")));
  const start = token > 0 ? token : 0;
  const page = models.slice(start, start + size);
  const end = start + page.length;
  return end < models.length ? { models: page, nextPageToken: String(end) } : { models: page };
}
