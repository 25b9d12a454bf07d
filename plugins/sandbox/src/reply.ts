import type { IncomingMessage, ServerResponse } from "node:http";
import type { Accounts } from "./accounts.ts";
import { answerTo } from "./answer.ts";
import { readDirective, unknownDirective } from "./directive.ts";
import { errorFor, type Failure } from "./failure.ts";
import {
  errorText,
  type GoogleError,
  googleError,
  invalidArgument,
  invalidKey,
  unknownModel,
} from "./google-error.ts";
import { modelPage } from "./model-page.ts";
import { findModel } from "./models.ts";
import { arrayFraming, play, sseFraming, streamedPlayback, wholePlayback } from "./playback.ts";
import { readPrompt } from "./prompt.ts";
import { readBody } from "./request-body.ts";
import type { RequestRecord } from "./request-record.ts";
import { judgeCount, judgeRequest } from "./request-rules.ts";
import { streamedResponse, wholeResponse } from "./response.ts";
import { findRoute, type Route } from "./route.ts";
import { promptTokens } from "./tokens.ts";
import type { GenerateRequest } from "./wire.ts";

export interface Setting {
  readonly accounts: Accounts;
  readonly requests: RequestRecord;
  readonly paceMs: number;
  readonly retryDelay: string;
  /** Of the request, counted from 1. */
  readonly number: number;
}

/** Answers one HTTP request. Never rejects: a client that leaves is the caller's to notice. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  setting: Setting,
): Promise<void> {
  try {
    await answerRequest(request, response, setting);
  } catch (thrown) {
    if (response.headersSent || response.destroyed) response.destroy();
    else sendError(response, googleError(500, `The sandbox failed: ${String(thrown)}`));
  }
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  setting: Setting,
): Promise<void> {
  const { method = "GET", url: path = "/", headers } = request;
  const url = new URL(path, "http://sandbox.invalid");
  const body = await readBody(request);
  setting.requests.add({ method, path, headers, body: body.value }, body.bytes);
  const route = findRoute(method, url.pathname);
  const given = headers["x-goog-api-key"] ?? url.searchParams.get("key") ?? undefined;
  const key = Array.isArray(given) ? given[0] : given;
  if (route === undefined) {
    sendError(response, googleError(404, `The sandbox has nothing at ${method} ${url.pathname}.`));
  } else if (!setting.accounts.has(key)) sendError(response, invalidKey());
  else if (body.error !== undefined) sendError(response, body.error);
  else if (route.action === "generate") {
    generate(response, { ...setting, key, route, body: body.value, query: url.searchParams });
  } else look(response, { route, key, setting, body: body.value, query: url.searchParams });
}

interface Lookup {
  readonly route: Exclude<Route, { action: "generate" }>;
  readonly key: string;
  readonly setting: Setting;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

/** What costs no quota: model list, model, token count. Only a bad account fails here. */
function look(response: ServerResponse, { route, key, setting, body, query }: Lookup): void {
  const failure = setting.accounts.peek(key);
  if (failure === "unauthorized" || failure === "forbidden") {
    const error = errorFor(failure, "", setting.retryDelay);
    if (error !== undefined) sendError(response, error);
    return;
  }
  if (route.action === "list") return sendJson(response, 200, modelPage(query));
  if (route.action === "get") {
    const model = findModel(route.model);
    if (model === undefined) return sendError(response, unknownModel(route.model, "getModel"));
    return sendJson(response, 200, model);
  }
  const { request, error } = judgeCount(body);
  if (error !== undefined) return sendError(response, error);
  const totalTokens = promptTokens(request);
  const promptTokensDetails = [{ modality: "TEXT", tokenCount: totalTokens }];
  return sendJson(response, 200, { totalTokens, promptTokensDetails });
}

interface Generation extends Setting {
  readonly key: string;
  readonly route: Extract<Route, { action: "generate" }>;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

function generate(response: ServerResponse, generation: Generation): void {
  const { route, body, accounts, key, retryDelay } = generation;
  const { request, error } = judgeRequest(route.model, body);
  if (error !== undefined) return sendError(response, error);
  const directive = readDirective(readPrompt(request).text);
  if (directive !== undefined && "unknown" in directive) {
    return sendError(response, invalidArgument(unknownDirective(directive.unknown)));
  }
  const failure = accounts.take(key) ?? directive?.failure;
  if (failure === "stall") return;
  const streamFails = failure === "error-in-stream" && !route.isStream;
  const refusal = errorFor(streamFails ? "overloaded" : failure, route.model, retryDelay);
  if (refusal !== undefined) return sendError(response, refusal);
  send(response, request, failure, generation);
}

function send(
  response: ServerResponse,
  request: GenerateRequest,
  failure: Failure | undefined,
  { route, query, number, paceMs }: Generation,
): void {
  const answer = answerTo(route.model, request, failure);
  const stamp = { modelVersion: route.model, responseId: `sandbox-${number}` };
  if (!route.isStream) {
    response.writeHead(200, { "content-type": arrayFraming.contentType });
    play(response, wholePlayback(wholeResponse(answer, stamp), failure), 0);
    return;
  }
  const framing = query.get("alt") === "sse" ? sseFraming : arrayFraming;
  response.writeHead(200, { "content-type": framing.contentType });
  play(response, streamedPlayback(streamedResponse(answer, stamp), framing, failure), paceMs);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": arrayFraming.contentType });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}

function sendError(response: ServerResponse, error: GoogleError): void {
  response.writeHead(error.status, { "content-type": arrayFraming.contentType });
  response.end(errorText(error));
}
