import { defined, type Model, type Query, wrong } from "@agproxy/core";

/** What agproxy can do with a model of any upstream. Which of it the model knows is not told by all upstreams. */
const methods = [
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "embedContent",
  "batchEmbedContents",
];

/** Source: https://ai.google.dev/api/models#Model */
export function wireModel({ id, contextWindow, maxOutputTokens }: Model) {
  return {
    name: id.startsWith("tunedModels/") ? id : `models/${id}`,
    version: "",
    displayName: id,
    ...defined({ inputTokenLimit: contextWindow, outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: methods,
  };
}

const usualPage = 50;
const maxPage = 1000;

/** One page of models, by `pageSize` and `pageToken`. A token is the place of the page in the list. */
export function modelPage(models: readonly Model[], query: Query) {
  const size = Number(query.get("pageSize") || usualPage);
  if (!Number.isInteger(size) || size < 0) throw wrong("pageSize", "a number of models");
  const start = Number(query.get("pageToken") || 0);
  if (!Number.isInteger(start) || start < 0) throw wrong("pageToken", "a token of this list");
  const end = start + Math.min(size === 0 ? usualPage : size, maxPage);
  return {
    models: models.slice(start, end).map(wireModel),
    ...(end < models.length ? { nextPageToken: String(end) } : {}),
  };
}
