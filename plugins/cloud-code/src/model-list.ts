import { type Account, type Http, isObject, type Model } from "@agproxy/core";
import { postWithToken } from "@agproxy/plugin-gemini";
import type { Private } from "./upstream.ts";

/**
 * The models that an account may ask for. Without a list, `GET /v1/models/{name}` would be a 404 for a name that works
 * in chat.
 */
export async function availableModels(
  http: Http,
  baseUrl: string,
  account: Account,
  { access, project }: Private,
  signal: AbortSignal,
): Promise<readonly Model[]> {
  const response = await postWithToken(http, {
    url: `${baseUrl}/v1internal:fetchAvailableModels`,
    body: { project: await project() },
    account,
    access,
    signal,
  });
  const answer: unknown = JSON.parse(await response.text());
  const models = isObject(answer) && isObject(answer.models) ? answer.models : {};
  return Object.entries(models).flatMap(([id, model]) => listedModel(id, model));
}

function listedModel(id: string, model: unknown): readonly Model[] {
  // Models of the vendor's own editor, which complete a line of code.
  if (!isObject(model) || model.isInternal === true || model.disabled === true) return [];
  const { maxTokens: contextWindow, maxOutputTokens } = model;
  return [
    {
      id,
      ownedBy: /^(gemini|gemma)-/.test(id) ? "google" : "cloud-code",
      ...(isCount(contextWindow) ? { contextWindow } : {}),
      ...(isCount(maxOutputTokens) ? { maxOutputTokens } : {}),
    },
  ];
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}
