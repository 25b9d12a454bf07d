import {
  AgproxyError,
  type ChatEvent,
  type ChatRequest,
  defined,
  type HttpResponse,
  type JsonObject,
  objectIn,
  objectsIn,
  parsedJson,
  sumOfUsage,
  type Usage,
  wrong,
} from "@agproxy/core";
import { usageOf } from "./answer/usage.ts";

/** OpenAI takes 2048 inputs at a time; local servers have smaller batches. */
const maxBatchSize = 128;

/** Asks for the vectors of a request's messages, a batch at a time; resolves once all of them are here. */
export async function embeddingEvents(
  request: ChatRequest,
  model: string,
  post: (body: JsonObject) => Promise<HttpResponse>,
): Promise<readonly (readonly ChatEvent[])[]> {
  const inputs = request.messages.map(inputText);
  const batches: (readonly ChatEvent[])[] = [];
  const usages: Usage[] = [];
  for (let first = 0; first < inputs.length; first += maxBatchSize) {
    const input = inputs.slice(first, first + maxBatchSize);
    const { dimensions } = request.embedding ?? {};
    const body = { model, input, encoding_format: "float", ...defined({ dimensions }) };
    const answer = objectIn(parsedJson(await (await post(body)).text()));
    batches.push(vectorEvents(answer, first, input.length));
    const usage = usageOf(objectIn(answer?.["usage"]) ?? {});
    if (usage !== undefined) usages.push(usage);
  }
  const usage = sumOfUsage(usages);
  return usage === undefined ? batches : [...batches, [{ type: "usage", usage }]];
}

function inputText({ content }: ChatRequest["messages"][number], index: number): string {
  return content
    .map((part) => {
      if (part.type === "text") return part.text;
      throw wrong(`input[${index}]`, "a text: this server makes vectors of nothing else");
    })
    .join("");
}

/**
 * The events of one batch, whose first input has the index `first`. Throws `upstream_unreadable` where a vector is missing.
 * Source: https://platform.openai.com/docs/api-reference/embeddings/object
 */
function vectorEvents(
  answer: JsonObject | undefined,
  first: number,
  expected: number,
): readonly ChatEvent[] {
  const entries = objectsIn(answer?.["data"]);
  const vectors = new Map<unknown, readonly number[]>();
  for (const [position, { index = position, embedding }] of entries.entries()) {
    if (isVector(embedding)) vectors.set(index, embedding);
  }
  return Array.from({ length: expected }, (_, index) => {
    const vector = vectors.get(index);
    if (vector !== undefined) return [index, vector] as const;
    throw new AgproxyError(
      "upstream_unreadable",
      "The server did not send a vector for every input.",
    );
  }).flatMap(([index, vector]): readonly ChatEvent[] => [
    { type: "embedding", choice: first + index, vector },
    { type: "finish", choice: first + index, reason: "stop" },
  ]);
}

function isVector(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === "number")
  );
}
