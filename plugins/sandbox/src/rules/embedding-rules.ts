import { type Fault, vague } from "../server/fault.ts";
import { faultError, unknownModel } from "../server/google-error.ts";
import { canEmbed } from "../models.ts";
import { readMessage } from "./request-reading.ts";
import { badRequest, type Ruling } from "./request-rules.ts";
import type { EmbedRequest } from "../wire.ts";

const maxBatchSize = 100;
const maxDimensions = 3072;

/** Reads an embedContent or a batchEmbedContents request: those it holds, or Google's answer to a wrong one. */
export function judgeEmbedding(
  model: string,
  body: unknown,
  isBatch: boolean,
): Ruling<readonly EmbedRequest[]> {
  if (!canEmbed(model)) {
    return { error: unknownModel(model, isBatch ? "batchEmbedContents" : "embedContent") };
  }
  const type = isBatch ? "BatchEmbedContentsRequest" : "EmbedContentRequest";
  const { value, violations } = readMessage(type, body);
  if (violations.length > 0) return { error: badRequest(violations) };
  // What the reader lets through has one of these shapes.
  const batch = value as { readonly requests?: readonly EmbedRequest[] };
  const requests = isBatch ? (batch.requests ?? []) : [value as EmbedRequest];
  const error = faultError([
    ...(isBatch ? batchFaults(model, requests) : []),
    ...requests.flatMap((request, i) =>
      requestFaults(request, isBatch ? `BatchEmbedContentsRequest.requests[${i}]` : type),
    ),
  ]);
  return error === undefined ? { request: requests } : { error };
}

function batchFaults(model: string, requests: readonly EmbedRequest[]): Fault[] {
  const at = "* BatchEmbedContentsRequest.requests";
  if (requests.length === 0) return [`${at}: requests is not specified`];
  if (requests.length > maxBatchSize)
    return [`${at}: at most ${maxBatchSize} requests can be in one batch\n`];
  return requests.flatMap((request, i): Fault[] => {
    if (request.model === undefined) return [`${at}[${i}].model: model is not specified`];
    if (!request.model.startsWith("models/")) {
      return [`${at}[${i}].model: unexpected model name format`];
    }
    return request.model.endsWith(`/${model.replace(/^models\//, "")}`)
      ? []
      : [vague(`requests[${i}] names another model than the path`)];
  });
}

function requestFaults({ content, outputDimensionality }: EmbedRequest, path: string): Fault[] {
  const parts = content?.parts ?? [];
  if (parts.length === 0) return [`* ${path}.content: content is not specified`];
  if (parts.some((part) => part.text === "")) {
    return ["EmbedContentRequest.content contains an empty Part."];
  }
  const bare = parts.findIndex((part) => Object.keys(part).length === 0);
  if (bare >= 0) {
    return [
      `* ${path}.content.parts[${bare}].data: required oneof field 'data' must have one initialized field`,
    ];
  }
  return outputDimensionality !== undefined &&
    (outputDimensionality < 1 || outputDimensionality > maxDimensions)
    ? [
        vague(
          `output_dimensionality is ${outputDimensionality}, not between 1 and ${maxDimensions}`,
        ),
      ]
    : [];
}
