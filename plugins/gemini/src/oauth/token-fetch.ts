import type { Http } from "@agproxy/core";

/** How long Google is waited for, in milliseconds. A chat waits with it, and another account may have a token. */
const tokenTimeoutMs = 15_000;

export interface TokenFetchOptions {
  /** The account's, as a URL. */
  readonly proxy?: string | undefined;
  /** Where tokens are asked for instead of Google's own address. */
  readonly tokenUrl?: string | undefined;
  /** How long the token endpoint may take, in milliseconds. Default: 15 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * What google-auth-library needs to ask for tokens over agproxy's own client, once and within its time limit: its
 * `transporterOptions`. That client tells a proxy's refusal from Google's answer; the library's own does not: a proxy's 400
 * would look like a refused token.
 */
export function tokenTransport(http: Http, options: TokenFetchOptions = {}) {
  return {
    timeout: options.timeoutMs ?? tokenTimeoutMs,
    fetchImplementation: fetchOver(http, options),
    retryConfig: { shouldRetry: () => false },
  };
}

const googleTokenUrl = "https://oauth2.googleapis.com/token";

function fetchOver(http: Http, { proxy, tokenUrl }: TokenFetchOptions): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const isToken = request.url === googleTokenUrl;
    const body = await request.text();
    const response = await http.send({
      method: request.method === "GET" ? "GET" : "POST",
      url: isToken ? (tokenUrl ?? request.url) : request.url,
      headers: Object.fromEntries(request.headers),
      ...(body === "" ? {} : { body }),
      // Not the request's own: once the request is collected, that one never hears of the time limit.
      signal: init?.signal ?? request.signal,
      ...(proxy === undefined ? {} : { proxy }),
    });
    const { status, headers } = response;
    const type = headers["content-type"] ?? "application/json";
    return new Response((await response.text()) || null, {
      status,
      headers: { "content-type": type },
    });
  };
}
