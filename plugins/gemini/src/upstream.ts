import { randomUUID } from "node:crypto";
import type { Account, HttpResponse, PluginContext, Upstream } from "agproxy";
import { answerDecoder } from "./answer-decoder.ts";
import { answerStream, watched } from "./answer-stream.ts";
import { generateContentRequest } from "./generate-content-request.ts";
import { signatureMemory } from "./signature-memory.ts";
import { upstreamError } from "./upstream-error.ts";

export interface GeminiUpstreamOptions {
  /** As the banner shows it. */
  readonly name: string;
  /** Where the API is, without `/v1beta`. A function where it is known only later. */
  readonly baseUrl: string | (() => string);
  /** The secret of an account; sent as a header, never in a URL. */
  key(account: Account): string;
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
  const url = (path: string) =>
    `${typeof options.baseUrl === "string" ? options.baseUrl : options.baseUrl()}/v1beta/${path}`;

  return {
    name: options.name,
    async send(request, { account, exchange }) {
      const key = options.key(account);
      const callerId = exchange.caller.id;
      const recalled = memory.recall(request, callerId);
      const signatures = recalled instanceof Promise ? await recalled : recalled;
      const { body, names } = generateContentRequest(request, exchange.model, { signatures });
      const response = await http.send({
        method: "POST",
        url: url(`${modelPath(exchange.model)}:${method(request.stream)}`),
        headers: { ...keyHeader(key), "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: exchange.incoming.signal,
        ...proxyOf(account),
      });
      await assertGood(response, [key]);
      const decoder = answerDecoder({
        newCallId,
        toolName: names.original,
        failure: (payload) => upstreamError({ body: payload, now: Date.now(), secrets: [key] }),
      });
      const stream = answerStream(response, request.stream, decoder);
      return watched(stream, (event) => memory.keep(event, callerId));
    },
    async probe(account, signal) {
      const key = options.key(account);
      const response = await http.send({
        method: "GET",
        url: url("models?pageSize=1"),
        headers: keyHeader(key),
        signal,
        ...proxyOf(account),
      });
      await assertGood(response, [key]);
      await response.text();
    },
  };
}

/** An id that no other call has, in the form every client takes. */
export function newCallId(): string {
  return `call_${randomUUID().replaceAll("-", "")}`;
}

/** Throws the upstream's error where the answer is one. */
export async function assertGood(
  response: HttpResponse,
  secrets: readonly string[],
): Promise<void> {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return;
  throw upstreamError({
    status,
    body: await response.text(),
    retryAfter: headers["retry-after"],
    now: Date.now(),
    secrets,
  });
}

/** The account's own way out, in the words of an outbound request. */
export function proxyOf(account: Account): { readonly proxy?: string } {
  return account.proxy === undefined ? {} : { proxy: account.proxy };
}

export function keyHeader(key: string): Readonly<Record<string, string>> {
  return { "x-goog-api-key": key };
}

/** `models/NAME`, encoded; names that say themselves which collection they are of are left there. */
function modelPath(model: string): string {
  const [, collection = "models", name = model] = /^(models|tunedModels)\/(.+)$/s.exec(model) ?? [];
  return `${collection}/${encodeURIComponent(name)}`;
}

function method(stream: boolean): string {
  return stream ? "streamGenerateContent?alt=sse" : "generateContent";
}
