import type { ServerResponse } from "node:http";
import type { Accounts } from "./accounts.ts";
import { answeringModel } from "@agproxy/plugin-gemini";
import { answerTo } from "../answers/answer.ts";
import { embedded } from "../answers/embedding.ts";
import { judgeEmbedding } from "../rules/embedding-rules.ts";
import { errorFor, type Failure, failures } from "./failure.ts";
import { invalidArgument } from "./google-error.ts";
import { jsonType, sendError } from "./json-reply.ts";
import { arrayFraming, play, sseFraming, streamedPlayback, wholePlayback } from "./playback.ts";
import { readPrompt } from "../answers/prompt.ts";
import { judgeRequest } from "../rules/request-rules.ts";
import { streamedResponse, wholeResponse } from "../answers/response.ts";
import type { WorkRoute } from "./route.ts";
import type { EmbedRequest, GenerateRequest } from "../wire.ts";

/** A request for a model, from a known account. */
export interface Work {
  readonly accounts: Accounts;
  readonly key: string;
  readonly route: WorkRoute;
  readonly body: unknown;
  readonly query: URLSearchParams;
  readonly paceMs: number;
  readonly retryDelay: string;
  /** Of the request, counted from 1. */
  readonly number: number;
}

/** Answers a request for a model, or fails as the account or the prompt says. */
export function work(response: ServerResponse, job: Work): void {
  const { route, body } = job;
  if (route.action === "embed") {
    const { request, error } = judgeEmbedding(route.model, body, route.isBatch);
    if (error !== undefined) return sendError(response, error);
    const contents = request.flatMap(({ content }) => content ?? []);
    return attempt(response, job, { contents }, (failure) =>
      embed(response, job, request, failure),
    );
  }
  const { request, error } = judgeRequest(answering(route.model), body, "refused");
  if (error !== undefined) return sendError(response, error);
  return attempt(response, job, request, (failure) => generate(response, job, request, failure));
}

/** Like the API, the sandbox answers retired names under the rules of their replacements. */
function answering(model: string): string {
  return answeringModel(model, Date.now());
}

/** Sends the failure where there is one that replaces the answer; answers otherwise. */
function attempt(
  response: ServerResponse,
  { accounts, key, route, retryDelay }: Work,
  request: GenerateRequest,
  answer: (failure: Failure | undefined) => void,
): void {
  const directive = readDirective(readPrompt(request).text);
  if (directive !== undefined && "unknown" in directive) {
    return sendError(response, invalidArgument(unknownDirective(directive.unknown)));
  }
  const failure = accounts.take(key) ?? directive?.failure;
  if (failure === "stall") return;
  const isStream = route.action === "generate" && route.isStream;
  const streamFails = failure === "error-in-stream" && !isStream;
  const refusal = errorFor(streamFails ? "overloaded" : failure, route.model, retryDelay);
  if (refusal !== undefined) return sendError(response, refusal);
  answer(failure);
}

function embed(
  response: ServerResponse,
  { route }: Work,
  requests: readonly EmbedRequest[],
  failure: Failure | undefined,
): void {
  const isBatch = route.action === "embed" && route.isBatch;
  response.writeHead(200, { "content-type": jsonType });
  play(response, wholePlayback(embedded(route.model, requests, isBatch), failure), 0);
}

function generate(
  response: ServerResponse,
  { route, query, number, paceMs }: Work,
  request: GenerateRequest,
  failure: Failure | undefined,
): void {
  const answer = answerTo(answering(route.model), request, failure);
  const origin = { modelVersion: answering(route.model), responseId: `sandbox-${number}` };
  if (route.action !== "generate" || !route.isStream) {
    response.writeHead(200, { "content-type": jsonType });
    play(response, wholePlayback(wholeResponse(answer, origin), failure), 0);
    return;
  }
  const framing = query.get("alt") === "sse" ? sseFraming : arrayFraming;
  response.writeHead(200, { "content-type": framing.contentType });
  play(response, streamedPlayback(streamedResponse(answer, origin), framing, failure), paceMs);
}

const aliases: Readonly<Record<string, Failure>> = {
  "403": "forbidden",
  "429": "rate-limit",
  "500": "server-error",
  "503": "overloaded",
};

/** What a prompt tells the sandbox to do: fail, or nothing it understands. */
type Directive = { readonly failure: Failure } | { readonly unknown: string };

/**
 * Finds `[[sandbox: fail NAME]]` in the user's last words. No ordinary prompt has the double brackets by accident.
 * Earlier words do not count, so that a conversation can go on after a failure.
 */
function readDirective(prompt: string): Directive | undefined {
  const word = /\[\[sandbox: fail ([\w-]+)\]\]/.exec(prompt)?.[1];
  if (word === undefined) return undefined;
  const failure = failures.find((name) => name === word) ?? aliases[word];
  return failure === undefined ? { unknown: word } : { failure };
}

function unknownDirective(word: string): string {
  return `The sandbox cannot fail with "${word}". It knows: ${failures.join(", ")}.`;
}
