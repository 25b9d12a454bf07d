import type { IncomingMessage, ServerResponse } from "node:http";
import type { Accounts } from "./accounts.ts";
import { errorFor } from "./failure.ts";
import { googleError, invalidKey, unknownModel } from "./google-error.ts";
import { sendError, sendJson } from "./json-reply.ts";
import { modelPage, findModel } from "../models.ts";
import { work } from "./model-work.ts";
import { promptCounts } from "../answers/prompt-counts.ts";
import { readBody } from "./request-body.ts";
import type { RequestRecord } from "./request-record.ts";
import { judgeCount } from "../rules/request-rules.ts";
import { findRoute, type LookRoute } from "./route.ts";
import { totalOf } from "../answers/tokens.ts";

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
  else if (route.action === "generate" || route.action === "embed") {
    work(response, { ...setting, key, route, body: body.value, query: url.searchParams });
  } else look(response, { route, key, setting, body: body.value, query: url.searchParams });
}

interface Lookup {
  readonly route: LookRoute;
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
  const { request, error } = judgeCount(route.model, body);
  if (error !== undefined) return sendError(response, error);
  const promptTokensDetails = promptCounts(request);
  const totalTokens = totalOf(promptTokensDetails);
  return sendJson(response, 200, { totalTokens, promptTokensDetails });
}
