import {
  type Account,
  type Http,
  isObject,
  type JsonObject,
  type Model,
  type Quota,
} from "@agproxy/core";
import { postWithToken } from "@agproxy/plugin-gemini";
import type { Private } from "./upstream.ts";

/** What Cloud Code says of the models of an account. */
export interface ListedModels {
  /** Those that it may ask for. Without a list, `GET /v1/models/{name}` would be a 404 for a name that works in chat. */
  readonly models: readonly Model[];
  /** What is left of each. */
  readonly quotas: readonly Quota[];
}

export async function listedModels(
  http: Http,
  baseUrl: string,
  account: Account,
  { access, project }: Private,
  signal: AbortSignal,
): Promise<ListedModels> {
  const response = await postWithToken(http, {
    url: `${baseUrl}/v1internal:fetchAvailableModels`,
    body: { project: await project() },
    account,
    access,
    signal,
  });
  const answer: unknown = JSON.parse(await response.text());
  const listed = isObject(answer) && isObject(answer.models) ? answer.models : {};
  const entries = Object.entries(listed).flatMap(([id, model]) =>
    // Models of the vendor's own editor, which complete a line of code.
    isObject(model) && model.isInternal !== true && model.disabled !== true ? [{ id, model }] : [],
  );
  const now = Date.now();
  return {
    models: entries.map(({ id, model }) => listedModel(id, model)),
    quotas: entries.flatMap(({ id, model }) => quotaOf(id, model.quotaInfo, now)),
  };
}

function listedModel(id: string, { maxTokens, maxOutputTokens }: JsonObject): Model {
  return {
    id,
    ownedBy: /^(gemini|gemma)-/.test(id) ? "google" : "cloud-code",
    ...(isCount(maxTokens) ? { contextWindow: maxTokens } : {}),
    ...(isCount(maxOutputTokens) ? { maxOutputTokens } : {}),
  };
}

/** Google's JSON leaves out numbers that are zero: a time without a fraction is that of a quota that is used up. */
function quotaOf(models: string, given: unknown, learntAt: number): readonly Quota[] {
  if (!isObject(given)) return [];
  const resetsAt = typeof given.resetTime === "string" ? Date.parse(given.resetTime) : Number.NaN;
  const isKnown = !Number.isNaN(resetsAt);
  const left = given.remainingFraction ?? (isKnown ? 0 : undefined);
  if (typeof left !== "number" || !(left >= 0 && left <= 1)) return [];
  return [{ models, left, ...(isKnown ? { resetsAt } : {}), learntAt }];
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}
