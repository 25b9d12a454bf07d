import {
  type Account,
  accountHeaders,
  errorText,
  type Http,
  type HttpResponse,
  jsonBody,
  proxyOf,
} from "@agproxy/core";
import { goodResponse } from "../answer/answer-stream.ts";
import type { Access } from "./access.ts";

/** A call with an access token. */
export interface TokenCall {
  readonly url: string;
  readonly body: object;
  readonly account: Account;
  readonly access: Access;
  readonly signal: AbortSignal;
}

/**
 * Sends one call, a second time with a new token where the first was refused with 401.
 * Throws the upstream's error where the answer is one.
 */
export async function postWithToken(http: Http, call: TokenCall): Promise<HttpResponse> {
  const token = await call.access.token();
  const first = await sendWith(token, http, call);
  if (first.status !== 401) return good(first, call);
  // Read to its end, so that the connection can be used again.
  await errorText(first);
  return good(await sendWith(await call.access.tokenInPlaceOf(token), http, call), call);
}

function good(response: HttpResponse, { access }: TokenCall): HttpResponse | Promise<never> {
  return goodResponse(response, access.secrets());
}

async function sendWith(token: string, http: Http, call: TokenCall): Promise<HttpResponse> {
  return http.send({
    method: "POST",
    url: call.url,
    headers: accountHeaders(call.account, {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    }),
    body: await jsonBody(call.body),
    signal: call.signal,
    ...proxyOf(call.account),
  });
}
