import {
  camelKeys,
  type ChatRequest,
  Fields,
  type Incoming,
  type JsonObject,
  type Message,
  nativeRequests,
  wrong,
} from "@agproxy/core";
import { wire } from "../wire.ts";
import { CallIds } from "./call-ids.ts";
import { type Pieces, readContent } from "./messages.ts";
import type { Asked } from "./request.ts";

/**
 * Reads the bodies of `embedContent` and `batchEmbedContents`. The dimensions of the first input count for all where an
 * upstream of another wire answers.
 * Source: https://ai.google.dev/api/embeddings
 */
export function decodeEmbed(body: unknown, asked: Asked, incoming: Incoming): ChatRequest {
  const pieces: Pieces = new Map();
  const inputs = asked.method === "embedContent" ? [Fields.of(body, "")] : batch(body);
  const reading = { pieces, ids: new CallIds() };
  const messages = inputs.map(({ values, at }): Message => {
    const input = Fields.of(camelKeys(values), at);
    const message = readContent(input.get("content"), input.path("content"), reading);
    pieces.set(message, values);
    return message;
  });
  const [first] = inputs;
  const {
    outputDimensionality: _dimensions,
    model: _model,
    content: _content,
    ...google
  } = camelKeys(first?.values ?? {});
  const request: ChatRequest = {
    model: asked.model,
    messages,
    stream: false,
    sampling: {},
    embedding: dimensionsOf(first),
    ...extensions(google),
  };
  nativeRequests.keep(incoming, { wire, method: asked.method, body, request, pieces });
  return request;
}

function batch(body: unknown): readonly Fields[] {
  const requests = Fields.of(body, "").objects("requests");
  if (requests.length === 0) throw wrong("requests", "an array with at least one request");
  return requests;
}

function dimensionsOf(input: Fields | undefined): { readonly dimensions?: number } {
  if (input === undefined) return {};
  const dimensions = Fields.of(camelKeys(input.values), input.at).integer(
    "outputDimensionality",
    1,
  );
  return dimensions === undefined ? {} : { dimensions };
}

function extensions(google: JsonObject): Pick<ChatRequest, "extensions"> {
  return Object.keys(google).length === 0 ? {} : { extensions: { google } };
}
