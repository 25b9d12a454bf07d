import {
  type Account,
  accountHeaders,
  type Http,
  type Log,
  type Model,
  type PluginAccounts,
  proxyOf,
} from "@agproxy/core";
import { count, fields, list, parsedJson, word } from "../shape.ts";
import { keyHeader } from "../account-access.ts";
import { goodResponse } from "../answer/answer-stream.ts";
import { cachedModels } from "./cached-models.ts";

/** Guards against a server that always has one more page. */
const maxPages = 5;

export interface ModelListOptions {
  /** The plugin's, for the log. */
  readonly name: string;
  readonly http: Http;
  readonly log: Log;
  readonly baseUrl: string;
  readonly accounts: Pick<PluginAccounts, "all">;
  key(account: Account): string;
  now(): number;
}

/** The models that the upstream serves. Source: https://ai.google.dev/api/models#method:-models.list */
export function modelList(options: ModelListOptions): () => Promise<readonly Model[]> {
  const { name, log, accounts, now } = options;
  return cachedModels({
    name,
    log,
    accounts,
    now,
    modelsOf: (account, signal) => modelsOf(account, signal, options),
  });
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
      headers: accountHeaders(account, keyHeader(secret)),
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
