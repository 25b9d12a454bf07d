import {
  type Account,
  countIn,
  type Http,
  type Log,
  type Model,
  objectIn,
  objectsIn,
  parsedJson,
  wordIn,
} from "@agproxy/core";
import type { ServerAccount } from "./server-account.ts";
import { get } from "./server-call.ts";

const freshForMs = 5 * 60_000;
/** How long a failure counts before the server is asked again. */
const failedForMs = 30_000;
const timeoutMs = 5000;
/** OpenRouter lists some hundred. */
const maxModels = 5000;

export interface ModelListsOptions {
  /** The plugin's, for the log. */
  readonly name: string;
  readonly http: Http;
  readonly log: Log;
  now(): number;
}

/**
 * What each server serves. A server that is not named its models is asked for them, as most answer a name they do not know, some
 * even with another model. The list is some minutes old at most; a request waits for the first one only.
 */
export class ModelLists {
  readonly #options: ModelListsOptions;
  readonly #lists = new Map<string, List>();

  constructor(options: ModelListsOptions) {
    this.#options = options;
  }

  /** The models of an account; undefined where its server does not say. */
  of(account: Account, server: ServerAccount): Known | Promise<Known> {
    let list = this.#lists.get(account.id);
    if (list === undefined) {
      list = { models: undefined, freshUntil: 0, wasAsked: false, asking: undefined };
      this.#lists.set(account.id, list);
    }
    if (this.#options.now() < list.freshUntil) return list.models;
    const asking = (list.asking ??= this.#ask(list, account, server));
    return list.wasAsked ? list.models : asking;
  }

  async #ask(list: List, account: Account, server: ServerAccount): Promise<Known> {
    const { name, http, log, now } = this.#options;
    try {
      // A signal of its own: the client may leave, and others wait for the same list.
      const signal = AbortSignal.timeout(timeoutMs);
      const text = await get(http, "/models", { account, server, signal });
      list.models = listedModels(text);
      list.freshUntil = now() + freshForMs;
    } catch (error) {
      list.freshUntil = now() + failedForMs;
      log.warn({ err: error, account: account.label }, `${name}: the model list could not be read`);
    }
    list.wasAsked = true;
    list.asking = undefined;
    return list.models;
  }
}

type Known = ReadonlyMap<string, Model> | undefined;

interface List {
  models: Known;
  freshUntil: number;
  /** A server that does not answer holds up the first request and no other. */
  wasAsked: boolean;
  asking: Promise<Known> | undefined;
}

/** Source: https://platform.openai.com/docs/api-reference/models/list */
function listedModels(text: string): Known {
  const answer = parsedJson(text);
  const entries = objectsIn(objectIn(answer)?.["data"] ?? answer).slice(0, maxModels);
  const models = new Map<string, Model>();
  for (const entry of entries) {
    const id = wordIn(entry["id"]);
    if (id === undefined) continue;
    const created = countIn(entry["created"]);
    // OpenRouter's word, vLLM's, and llama.cpp's.
    const contextWindow =
      countIn(entry["context_length"]) ??
      countIn(entry["max_model_len"]) ??
      countIn(objectIn(entry["meta"])?.["n_ctx_train"]);
    models.set(id, {
      id,
      ownedBy: wordIn(entry["owned_by"]) ?? "unknown",
      ...(created === undefined ? {} : { created }),
      ...(contextWindow === undefined ? {} : { contextWindow }),
    });
  }
  return models.size === 0 ? undefined : models;
}
