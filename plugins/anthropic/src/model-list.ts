import { type Model, type Query, wrong } from "@agproxy/core";

/**
 * A model as the API lists it. `fallback` is the time for a model of unknown age, in Unix seconds.
 * Source: https://docs.claude.com/en/api/models-list
 */
export function wireModel(model: Model, fallback: number) {
  return {
    type: "model",
    id: model.id,
    display_name: model.id,
    created_at: new Date((model.created ?? fallback) * 1000).toISOString(),
    max_input_tokens: model.contextWindow ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: null,
    deprecated_at: null,
    lifecycle: "active",
    line: null,
    retires_at: null,
  };
}

const maxPage = 1000;
const usualPage = 20;

/** One page of models, by `limit`, `after_id` and `before_id` of the query. */
export function modelPage(models: readonly Model[], query: Query, fallback: number) {
  const limit = Number(query.get("limit") ?? usualPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) {
    throw wrong("limit", `an integer from 1 to ${maxPage}`);
  }
  const after = placeOf(models, query, "after_id");
  const before = placeOf(models, query, "before_id");
  const rest = models.slice(after === undefined ? 0 : after + 1, before);
  // Before a model, the page is what ends at it.
  const page =
    after === undefined && before !== undefined ? rest.slice(-limit) : rest.slice(0, limit);
  const data = page.map((model) => wireModel(model, fallback));
  return {
    data,
    has_more: rest.length > data.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}

function placeOf(
  models: readonly Model[],
  query: Query,
  key: "after_id" | "before_id",
): number | undefined {
  const id = query.get(key);
  if (id === null) return undefined;
  const place = models.findIndex((model) => model.id === id);
  if (place === -1) throw wrong(key, "the id of a model in the list");
  return place;
}
