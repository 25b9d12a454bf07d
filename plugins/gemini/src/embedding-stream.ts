import type { ChatEvent, ChatRequest, HttpResponse, JsonObject, Usage } from "@agproxy/core";
import { embeddingBodies, embeddingEvents } from "./embeddings.ts";
import { list } from "./shape.ts";

/** Asks for the vectors of a request's messages, a batch at a time; resolves once all of them are here. */
export async function embeddingStream(
  request: ChatRequest,
  model: string,
  post: (body: JsonObject) => Promise<HttpResponse>,
): Promise<readonly (readonly ChatEvent[])[]> {
  const batches: (readonly ChatEvent[])[] = [];
  let usage: Usage | undefined;
  let first = 0;
  for (const body of embeddingBodies(request, model)) {
    const response = await post(body);
    const size = list(body.requests).length;
    const events = embeddingEvents(await response.text(), first, size);
    batches.push(events.filter((event) => event.type !== "usage"));
    for (const event of events) if (event.type === "usage") usage = added(usage, event.usage);
    first += size;
  }
  if (usage !== undefined) batches.push([{ type: "usage", usage }]);
  return batches;
}

function added(before: Usage | undefined, now: Usage): Usage {
  const sum = (name: "inputTokens" | "outputTokens" | "totalTokens") =>
    (before?.[name] ?? 0) + now[name];
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    totalTokens: sum("totalTokens"),
  };
}
