import {
  type Account,
  accountHeaders,
  type AgproxyError,
  errorText,
  type Http,
  type HttpResponse,
  jsonBody,
  type JsonObject,
  proxyOf,
} from "@agproxy/core";
import { upstreamError } from "./errors/upstream-error.ts";
import { isMissed, refusedField, type RefusedFields, withoutField } from "./refused-fields.ts";
import type { ServerAccount } from "./server-account.ts";

/** Where a call goes, and until when it may take. */
export interface CallTarget {
  readonly account: Account;
  readonly server: ServerAccount;
  readonly signal: AbortSignal;
}

/** Reads a path of the API. Throws the server's error where the answer is one. */
export async function get(http: Http, path: string, target: CallTarget): Promise<string> {
  const { account, server, signal } = target;
  const response = await http.send({
    method: "GET",
    url: server.url(path),
    headers: accountHeaders(account, server.headers),
    signal,
    ...proxyOf(account),
  });
  if (isGood(response)) return response.text();
  throw failure(response, await errorText(response), server);
}

/** Sends a body to a path of the API. Throws the server's error where the answer is one. */
export async function post(
  http: Http,
  path: string,
  body: JsonObject,
  target: CallTarget,
): Promise<HttpResponse> {
  const response = await send(http, path, body, target);
  if (isGood(response)) return response;
  throw failure(response, await errorText(response), target.server);
}

/** A server names one field at a time. */
const maxTries = 6;

export interface ChatCall {
  readonly target: CallTarget;
  readonly body: JsonObject;
  /** What the account's model has refused before. */
  readonly refused: RefusedFields;
  readonly refusedKey: string;
  /** Called for each field that the client misses. */
  noteIgnored(field: string): void;
  /** Called with the headers of each answer, good or bad. */
  noteHeaders(headers: HttpResponse["headers"]): void;
}

/**
 * Asks for an answer; again, without it, where the server does not know a field that the request can do without. Throws the
 * server's error.
 */
export async function postChat(http: Http, call: ChatCall): Promise<HttpResponse> {
  const { target, refused, refusedKey } = call;
  let { body } = call;
  for (const field of refused.of(refusedKey)) body = left(body, field, call);
  for (let tries = 1; ; tries += 1) {
    const response = await send(http, "/chat/completions", body, target);
    call.noteHeaders(response.headers);
    if (isGood(response)) return response;
    const text = await errorText(response);
    const field = tries < maxTries ? refusedField(response.status, text, body) : undefined;
    const next = field === undefined ? body : left(body, field.name, call);
    if (field === undefined || next === body) throw failure(response, text, target.server);
    if (field.isCertain) refused.add(refusedKey, field.name);
    body = next;
  }
}

function left(body: JsonObject, field: string, { noteIgnored }: ChatCall): JsonObject {
  if (field in body && isMissed(field)) noteIgnored(field);
  return withoutField(body, field);
}

function send(
  http: Http,
  path: string,
  body: JsonObject,
  { account, server, signal }: CallTarget,
): Promise<HttpResponse> {
  const sent = (json: string | Uint8Array) =>
    http.send({
      method: "POST",
      url: server.url(path),
      headers: accountHeaders(account, { ...server.headers, "content-type": "application/json" }),
      body: json,
      signal,
      ...proxyOf(account),
    });
  // No `await` here: a suspended function would hold the request in memory while the model thinks.
  const json = jsonBody(body);
  return typeof json === "string" ? sent(json) : json.then(sent);
}

function isGood({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

function failure(response: HttpResponse, body: string, server: ServerAccount): AgproxyError {
  const { status, headers } = response;
  return upstreamError({ status, headers, body, now: Date.now(), ...errorContext(server) });
}

/** What of a server matters to the errors that it sends. */
export function errorContext({ secrets, kind }: ServerAccount) {
  return { secrets, isAdvised: kind.isGateway };
}
