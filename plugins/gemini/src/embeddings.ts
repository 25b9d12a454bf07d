import {
  AgproxyError,
  type ChatEvent,
  type ChatRequest,
  type JsonObject,
  type Message,
  type HttpResponse,
  nativeAnswers,
  type NativeRequest,
  sumOfUsage,
  type Usage,
} from "@agproxy/core";
import { geminiPart } from "./request/parts.ts";
import { camelFields } from "./request/google-fields.ts";
import { fields, list, parsedJson } from "./shape.ts";
import { toolNames } from "./request/tool-names.ts";
import { wire } from "./native/wire.ts";
import { usageOf } from "./answer/usage.ts";
import type { GeminiPart } from "./wire.ts";

/** `batchEmbedContents` takes no more requests at a time. */
const maxBatchSize = 100;

/**
 * The bodies of `batchEmbedContents`: one request for each message, as many bodies as it takes. What the client
 * wrote for Gemini itself (`task_type`, `title`) goes into each request.
 * Source: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents
 *
 * @param model as the API names it, with its collection
 */
export function embeddingBodies(
  request: ChatRequest,
  model: string,
  native?: NativeRequest,
): readonly JsonObject[] {
  const { dimensions } = request.embedding ?? {};
  const context = {
    names: toolNames(request),
    signatures: new Map(),
    pictures: new Map(),
    unmark: () => undefined,
  };
  const isLone = native?.method !== batchMethod && request.messages.length === 1;
  const isAsItCame = native?.request.embedding === request.embedding;
  const requests = request.messages.map((message: Message) => {
    const own = isAsItCame ? fields(native?.pieces.get(message)) : undefined;
    const isKept = own?.model === model || (own?.model === undefined && isLone);
    if (own !== undefined) return isKept ? own : { ...own, model };
    return {
      model,
      content: { parts: message.content.map((part) => geminiPart(part, context) ?? emptyPart) },
      ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
      ...camelFields(request.extensions?.google ?? {}),
    };
  });
  const batches: JsonObject[] = [];
  for (let start = 0; start < requests.length; start += maxBatchSize) {
    batches.push({ requests: requests.slice(start, start + maxBatchSize) });
  }
  return batches;
}

/** Stands for empty text, which Gemini refuses itself. Without a part, vectors would go to the wrong inputs. */
const emptyPart: GeminiPart = { text: "" };

/**
 * The events of one batch, whose first input has the index `first`. Throws `upstream_unreadable` where a vector is
 * missing.
 */
export function embeddingEvents(
  body: string,
  first: number,
  expected: number,
): readonly ChatEvent[] {
  const answer = fields(parsedJson(body));
  const all = answer?.embedding === undefined ? list(answer?.embeddings) : [answer.embedding];
  const vectors = all.map(vectorOf);
  if (vectors.length !== expected || vectors.some((vector) => vector === undefined)) {
    throw new AgproxyError(
      "upstream_unreadable",
      "The upstream did not send a vector for every input.",
    );
  }
  const events = vectors.flatMap((vector = [], index): readonly ChatEvent[] => [
    { type: "embedding", choice: first + index, vector },
    { type: "finish", choice: first + index, reason: "stop" },
  ]);
  const usage = usageOf(fields(answer?.usageMetadata) ?? {});
  return usage === undefined ? events : [...events, { type: "usage", usage }];
}

function vectorOf(embedding: unknown): readonly number[] | undefined {
  const values = list(fields(embedding)?.values);
  const numbers = values.filter((value) => typeof value === "number");
  return numbers.length > 0 && numbers.length === values.length ? numbers : undefined;
}

/**
 * Asks for the vectors of a request's messages, a batch at a time; resolves once all of them are here. What a client of this
 * wire asks for in one call takes one call, and its answer is kept as it came.
 */
export async function embeddingStream(
  request: ChatRequest,
  model: string,
  post: (method: string, body: JsonObject) => Promise<HttpResponse>,
  native?: NativeRequest,
): Promise<readonly (readonly ChatEvent[])[]> {
  const batches: (readonly ChatEvent[])[] = [];
  const usages: Usage[] = [];
  let first = 0;
  const bodies = embeddingBodies(request, model, native);
  const [only] = bodies;
  if (native !== undefined && bodies.length === 1 && only !== undefined) {
    return [await nativeVectors(only, native, post)];
  }
  for (const body of bodies) {
    const response = await post(batchMethod, body);
    const size = list(body.requests).length;
    const events = embeddingEvents(await response.text(), first, size);
    batches.push(events.filter((event) => event.type !== "usage"));
    for (const event of events) if (event.type === "usage") usages.push(event.usage);
    first += size;
  }
  const usage = sumOfUsage(usages);
  if (usage !== undefined) batches.push([{ type: "usage", usage }]);
  return batches;
}

const batchMethod = "batchEmbedContents";

async function nativeVectors(
  batch: JsonObject,
  { method }: NativeRequest,
  post: (method: string, body: JsonObject) => Promise<HttpResponse>,
): Promise<readonly ChatEvent[]> {
  const requests = list(batch.requests);
  const isSingle = method !== batchMethod && requests.length === 1;
  const response = isSingle
    ? await post("embedContent", fields(requests[0]) ?? {})
    : await post(batchMethod, batch);
  const text = await response.text();
  const events = embeddingEvents(text, 0, requests.length);
  if (isSingle === (method !== batchMethod)) nativeAnswers.keep({ wire, texts: [text], events });
  return events;
}
