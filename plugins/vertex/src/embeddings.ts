import {
  AgproxyError,
  type ChatEvent,
  type ChatRequest,
  countIn,
  defined,
  type HttpResponse,
  type JsonObject,
  listIn,
  objectIn,
  objectsIn,
  parsedJson,
  wrong,
} from "@agproxy/core";

/** Sends a body to a method of the model. */
type Post = (method: string, body: JsonObject) => Promise<HttpResponse>;

/** Models of text embeddings take so many inputs; Gemini's take one at a time. */
const maxBatchSize = 100;

interface Vectors {
  readonly vectors: readonly (readonly number[])[];
  readonly tokens: number;
}

/**
 * Asks for the vectors of a request's messages; resolves once all of them are here.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export async function embeddingEvents(
  request: ChatRequest,
  model: string,
  post: Post,
): Promise<readonly (readonly ChatEvent[])[]> {
  const texts = request.messages.map(inputText);
  const bare = model.slice(model.lastIndexOf("/") + 1);
  const size = bare.startsWith("gemini-") ? 1 : maxBatchSize;
  const ask = bare.startsWith("gemini-") && bare !== "gemini-embedding-001" ? embedded : predicted;
  const batches: (readonly ChatEvent[])[] = [];
  let tokens = 0;
  for (let first = 0; first < texts.length; first += size) {
    const inputs = texts.slice(first, first + size);
    const answer = await ask(inputs, request, post);
    if (answer.vectors.length !== inputs.length) throw incomplete();
    tokens += answer.tokens;
    batches.push(
      answer.vectors.flatMap((vector, index): readonly ChatEvent[] => [
        { type: "embedding", choice: first + index, vector },
        { type: "finish", choice: first + index, reason: "stop" },
      ]),
    );
  }
  const usage = { inputTokens: tokens, outputTokens: 0, totalTokens: tokens };
  return tokens === 0 ? batches : [...batches, [{ type: "usage", usage }]];
}

async function predicted(
  inputs: readonly string[],
  request: ChatRequest,
  post: Post,
): Promise<Vectors> {
  const { task_type, title } = request.extensions?.google ?? {};
  const { dimensions: outputDimensionality } = request.embedding ?? {};
  const instances = inputs.map((content) => ({ content, ...defined({ task_type, title }) }));
  const parameters = defined({ outputDimensionality });
  const body = { instances, ...(outputDimensionality === undefined ? {} : { parameters }) };
  const answer = objectIn(parsedJson(await (await post("predict", body)).text()));
  const found = objectsIn(answer?.["predictions"]).map(({ embeddings }) => objectIn(embeddings));
  return {
    vectors: found.flatMap((each) => vectorsIn(each)),
    tokens: found.reduce((sum, each) => sum + (countIn(statistics(each)) ?? 0), 0),
  };
}

function statistics(embedding: JsonObject | undefined): unknown {
  return objectIn(embedding?.["statistics"])?.["token_count"];
}

async function embedded(
  [text = ""]: readonly string[],
  request: ChatRequest,
  post: Post,
): Promise<Vectors> {
  const { task_type: taskType, title } = request.extensions?.google ?? {};
  const { dimensions: outputDimensionality } = request.embedding ?? {};
  const embedContentConfig = defined({ taskType, title, outputDimensionality });
  const body = { content: { parts: [{ text }] }, embedContentConfig };
  const answer = objectIn(parsedJson(await (await post("embedContent", body)).text()));
  const counts = objectIn(answer?.["usageMetadata"]);
  return {
    vectors: vectorsIn(objectIn(answer?.["embedding"])),
    tokens: countIn(counts?.["promptTokenCount"]) ?? countIn(counts?.["totalTokenCount"]) ?? 0,
  };
}

/** The vector of an input; none where it is missing. */
function vectorsIn(embedding: JsonObject | undefined): readonly (readonly number[])[] {
  const values = listIn(embedding?.["values"]).filter((value) => typeof value === "number");
  return values.length === 0 ? [] : [values];
}

function inputText({ content }: ChatRequest["messages"][number], index: number): string {
  return content
    .map((part) => {
      if (part.type === "text") return part.text;
      throw wrong(`input[${index}]`, "a text: Vertex AI makes vectors of nothing else here");
    })
    .join("");
}

function incomplete(): AgproxyError {
  return new AgproxyError(
    "upstream_unreadable",
    "The upstream did not send a vector for every input.",
  );
}
