import type { Account, Http, Log, Model } from "@agproxy/core";
import { count, fields, list, parsedJson, word } from "../shape.ts";
import { keyHeader, proxyOf } from "../account-access.ts";
import { goodResponse } from "../errors/upstream-error.ts";

const freshForMs = 5 * 60_000;
/** How long a failure counts before the accounts are asked again. */
const failedForMs = 30_000;
const timeoutMs = 5000;
/** Guards against a server that always has one more page. */
const maxPages = 5;

export interface ModelListOptions {
  readonly http: Http;
  readonly log: Log;
  readonly baseUrl: string;
  readonly accounts: readonly Account[];
  key(account: Account): string;
  now(): number;
}

/**
 * The models that the upstream serves, asked of the first account that answers. Cached for some minutes; concurrent
 * requests share one question. Never throws: without an answer the last list stands.
 * Source: https://ai.google.dev/api/models#method:-models.list
 */
export function modelList(options: ModelListOptions): () => Promise<readonly Model[]> {
  let known: readonly Model[] = [];
  let freshUntil = 0;
  let asking: Promise<readonly Model[]> | undefined;

  async function ask(): Promise<readonly Model[]> {
    const signal = AbortSignal.timeout(timeoutMs);
    for (const account of options.accounts) {
      try {
        known = await modelsOf(account, signal, options);
        freshUntil = options.now() + freshForMs;
        return known;
      } catch (error) {
        options.log.warn(
          { err: error, account: account.label },
          "gemini: the model list could not be read",
        );
      }
    }
    freshUntil = options.now() + failedForMs;
    return known;
  }

  return () => {
    if (options.now() < freshUntil) return Promise.resolve(known);
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function modelsOf(
  account: Account,
  signal: AbortSignal,
  { http, baseUrl, key }: ModelListOptions,
): Promise<readonly Model[]> {
  const models: Model[] = [];
  let next: string | undefined;
  for (let page = 0; page < maxPages && (page === 0 || next !== undefined); page += 1) {
    const more: string = next === undefined ? "" : `&pageToken=${encodeURIComponent(next)}`;
    const secret = key(account);
    const response = await http.send({
      method: "GET",
      url: `${baseUrl}/v1beta/models?pageSize=1000${more}`,
      headers: keyHeader(secret),
      signal,
      ...proxyOf(account),
    });
    const text = await (await goodResponse(response, [secret])).text();
    const body = fields(parsedJson(text));
    for (const model of list(body?.models).flatMap(listedModel)) models.push(model);
    next = word(body?.nextPageToken);
  }
  return models;
}

/** Models with other methods only, such as those for video, cannot be asked for here. */
const servedMethods: ReadonlySet<unknown> = new Set([
  "generateContent",
  "embedContent",
  "batchEmbedContents",
]);

function listedModel(value: unknown): readonly Model[] {
  const model = fields(value) ?? {};
  const name = word(model.name);
  const methods = list(model.supportedGenerationMethods);
  if (name === undefined || !methods.some((method) => servedMethods.has(method))) return [];
  const contextWindow = count(model.inputTokenLimit);
  const maxOutputTokens = count(model.outputTokenLimit);
  return [
    {
      id: name.replace(/^models\//, ""),
      ownedBy: "google",
      ...(contextWindow === undefined ? {} : { contextWindow }),
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    },
  ];
}
