import { type JsonObject, type Query, wrong } from "@agproxy/core";

/**
 * One page of items, for `limit`, `order`, `after` and `before` of the query.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-items
 */
export function itemPage(items: readonly JsonObject[], query: Query) {
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw wrong("order", "asc or desc");
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw wrong("limit", "an integer from 1 to 100");
  }
  const ordered = order === "asc" ? items : items.toReversed();
  const after = place(ordered, query, "after");
  const before = place(ordered, query, "before");
  const rest = ordered.slice(after === undefined ? 0 : after + 1, before);
  const data = rest.slice(0, limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.["id"] ?? "",
    last_id: data.at(-1)?.["id"] ?? "",
    has_more: rest.length > data.length,
  };
}

function place(
  items: readonly JsonObject[],
  query: Query,
  key: "after" | "before",
): number | undefined {
  const id = query.get(key);
  if (id === null) return undefined;
  const index = items.findIndex((item) => item["id"] === id);
  if (index === -1) throw wrong(key, "the id of an item of this response");
  return index;
}
