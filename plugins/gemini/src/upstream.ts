import {
  type Account,
  accountHeaders,
  type Http,
  type HttpResponse,
  jsonBody,
  type KnownQuotas,
  nativeRequests,
  type PluginContext,
  proxyOf,
  streamOf,
  type Upstream,
} from "@agproxy/core";
import { callChat } from "./chat-call.ts";
import { embeddingStream } from "./embeddings.ts";
import { signatureMemory } from "./signatures/signature-memory.ts";
import { fullDialect } from "./request/tool-plan.ts";
import { goodResponse } from "./answer/answer-stream.ts";
import { wire } from "./native/wire.ts";
import { keyHeader } from "./account-access.ts";

export interface GeminiUpstreamOptions {
  /** As the banner shows it. */
  readonly name: string;
  /** Where the API is, without `/v1beta`. A function where it is known only later. */
  readonly baseUrl: string | (() => string);
  /** The secret of an account; sent as a header, never in a URL. */
  key(account: Account): string;
  /** What is known of what is left. Default: nothing. */
  readonly known?: KnownQuotas;
}

/**
 * Anything that speaks the Gemini API's wire.
 * Source: https://ai.google.dev/api/generate-content#method:-models.generatecontent
 */
export function geminiUpstream(
  { http, store, log }: Pick<PluginContext, "http" | "store" | "log">,
  options: GeminiUpstreamOptions,
): Upstream {
  const memory = signatureMemory(store, log);
  const url = urlOf(options);
  const post = poster(http, options);

  return {
    name: options.name,
    send(request, attempt) {
      const { account, exchange, model } = attempt;
      // Without the request: the function below lives as long as the answer.
      const action = method(request.stream);
      if (request.embedding !== undefined) {
        const path = modelPath(model);
        const { signal } = exchange.incoming;
        const native = nativeRequests.of(exchange.incoming, wire);
        const embed = (method: string, body: object) =>
          post(account, `${path}:${method}`, body, signal);
        return embeddingStream(request, decodeURIComponent(path), embed, native).then(streamOf);
      }
      return callChat(request, attempt, {
        upstreamClass: () => new URL(url("")).host,
        dialect: fullDialect,
        memory,
        secrets: () => [options.key(account)],
        post: ({ body, model }, signal) =>
          post(account, `${modelPath(model)}:${action}`, body, signal),
      });
    },
    async probe(account, signal) {
      const key = options.key(account);
      const response = await http.send({
        method: "GET",
        url: url("models?pageSize=1"),
        headers: accountHeaders(account, keyHeader(key)),
        signal,
        ...proxyOf(account),
      });
      await (await goodResponse(response, [key])).text();
    },
    quotas: (account) => options.known?.of(account) ?? [],
  };
}

/** Where a path of the API is. */
function urlOf({ baseUrl }: GeminiUpstreamOptions): (path: string) => string {
  return (path) => `${typeof baseUrl === "string" ? baseUrl : baseUrl()}/v1beta/${path}`;
}

/** Sends a body to a path of the API; throws the upstream's error where the answer is one. */
type Post = (
  account: Account,
  path: string,
  body: object,
  signal: AbortSignal,
) => Promise<HttpResponse>;

function poster(http: Http, options: GeminiUpstreamOptions): Post {
  const url = urlOf(options);
  return (account, path, body, signal) => {
    const key = options.key(account);
    const sent = (json: string | Uint8Array) =>
      http.send({
        method: "POST",
        url: url(path),
        headers: accountHeaders(account, {
          ...keyHeader(key),
          "content-type": "application/json",
        }),
        body: json,
        signal,
        ...proxyOf(account),
      });
    // No `await` here: a suspended function would hold the request in memory while the model thinks.
    const json = jsonBody(body);
    const answer = typeof json === "string" ? sent(json) : json.then(sent);
    return answer.then((response) => goodResponse(response, [key]));
  };
}

/** `models/NAME`, encoded. A name that already begins with its collection keeps it. */
function modelPath(model: string): string {
  const [, collection = "models", name = model] = /^(models|tunedModels)\/(.+)$/s.exec(model) ?? [];
  return `${collection}/${encodeURIComponent(name.toWellFormed())}`;
}

function method(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}
