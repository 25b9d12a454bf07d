import {
  type Account,
  accountHeaders,
  type Http,
  type HttpResponse,
  jsonBody,
  proxyOf,
} from "@agproxy/core";
import { goodResponse, postWithToken } from "@agproxy/plugin-gemini";
import type { TokenAccess } from "./account-access.ts";
import { endpointOf, modelPath, modelsPath } from "./endpoint.ts";
import { withSharedCapacity } from "./shared-capacity.ts";

/** What an account has that nobody else may see. */
export interface VertexAccess {
  /** A key of express mode, or tokens. */
  readonly proof: { readonly key: string } | TokenAccess;
  readonly project: string | undefined;
  readonly location: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** For private endpoints. */
  readonly baseUrl: string | undefined;
}

/** Words that must not be shown. */
export function secretsOf({ proof }: VertexAccess): readonly string[] {
  return "key" in proof ? [proof.key] : proof.access.secrets();
}

/** Posts a body to a method of a model. Throws the upstream's error where the answer is one. */
export async function postToModel(
  http: Http,
  call: {
    readonly account: Account;
    readonly access: VertexAccess;
    readonly model: string;
    /** With its query, such as `streamGenerateContent?alt=sse`. */
    readonly method: string;
    readonly body: object;
    readonly signal: AbortSignal;
  },
): Promise<HttpResponse> {
  const { account, access, model, method, body, signal } = call;
  const { proof, location, baseUrl } = access;
  const project = "key" in proof ? access.project : await proof.project();
  const url = `${baseUrl ?? endpointOf(location)}${modelPath({ project, location, model })}:${method}`;
  try {
    if (!("key" in proof)) {
      return await postWithToken(http, { url, body, account, access: proof.access, signal });
    }
    const headers = { ...keyHeader(proof.key), "content-type": "application/json" };
    const response = await http.send({
      method: "POST",
      url,
      headers: accountHeaders(account, headers),
      body: await jsonBody(body),
      signal,
      ...proxyOf(account),
    });
    return await goodResponse(response, [proof.key]);
  } catch (error) {
    throw withSharedCapacity(error);
  }
}

/** The text of the list of Google's models, from one page on. Throws the upstream's error where the answer is one. */
export async function listModels(
  http: Http,
  account: Account,
  access: VertexAccess,
  query: string,
  signal: AbortSignal,
): Promise<string> {
  const { proof, location, baseUrl } = access;
  const headers: Readonly<Record<string, string>> =
    "key" in proof
      ? keyHeader(proof.key)
      : { authorization: `Bearer ${await proof.access.token()}` };
  const response = await http.send({
    method: "GET",
    url: `${baseUrl ?? endpointOf(location)}${modelsPath}?${query}`,
    headers: accountHeaders(account, headers),
    signal,
    ...proxyOf(account),
  });
  return (await goodResponse(response, secretsOf(access))).text();
}

function keyHeader(key: string): Readonly<Record<string, string>> {
  return { "x-goog-api-key": key };
}
