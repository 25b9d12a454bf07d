import { defined, type Model } from "@agproxy/core";

/**
 * A model as the API lists it. `fallback` is the time for a model of unknown age: the field may not be
 * missing, and clients show 0 as 1970.
 * Source: https://platform.openai.com/docs/api-reference/models/object
 */
export function wireModel(model: Model, fallback: number) {
  return {
    id: model.id,
    object: "model",
    created: model.created ?? fallback,
    owned_by: model.ownedBy,
    ...defined({
      context_window: model.contextWindow,
      max_output_tokens: model.maxOutputTokens,
    }),
  };
}

export function modelList(models: readonly Model[], fallback: number) {
  return { object: "list", data: models.map((model) => wireModel(model, fallback)) };
}
