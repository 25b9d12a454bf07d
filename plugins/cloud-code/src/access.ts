import { AgproxyError, type Http, isObject } from "@agproxy/core";
import { OAuth2Client } from "google-auth-library";
import type { CloudCodeAccount } from "./options.ts";

/** Access tokens of one account. Requests that need a new one at the same time share it. */
export interface Access {
  /** A token that is valid as far as is known. Throws `account_rejected` where Google refuses the account. */
  token(): Promise<string>;
  /** A token other than one that was refused. */
  tokenInPlaceOf(refused: string): Promise<string>;
  /** Words that must not be shown. */
  secrets(): readonly string[];
}

/** How long the token endpoint may take. */
const tokenTimeoutMs = 15_000;

/** Source: https://developers.google.com/identity/protocols/oauth2/web-server#offline */
export function accountAccess(
  http: Http,
  account: CloudCodeAccount,
  tokenUrl: string,
  timeoutMs = tokenTimeoutMs,
): Access {
  const { clientId, clientSecret, refreshToken, proxy } = account;
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: tokenUrl },
    transporterOptions: {
      timeout: timeoutMs,
      fetchImplementation: fetchOver(http, proxy),
      // A chat waits for the token, and another account may have one.
      retryConfig: { shouldRetry: () => false },
    },
  });
  client.setCredentials({ refresh_token: refreshToken });

  async function token(): Promise<string> {
    let given: string | null | undefined;
    try {
      ({ token: given } = await client.getAccessToken());
    } catch (error) {
      throw refusal(error);
    }
    return given ?? Promise.reject(refusal(undefined));
  }

  return {
    token,
    tokenInPlaceOf(refused) {
      // Another request may have brought a new one already.
      if (client.credentials.access_token === refused) {
        client.setCredentials({ refresh_token: refreshToken });
      }
      return token();
    },
    secrets: () =>
      [refreshToken, clientSecret, client.credentials.access_token ?? ""].filter(Boolean),
  };
}

/**
 * `fetch` for google-auth-library over agproxy's own client, which tells a proxy's refusal from Google's answer. The
 * library's own client does not: a proxy's 400 would look like a refused refresh token.
 */
function fetchOver(http: Http, proxy: string | undefined): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const response = await http.send({
      method: "POST",
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
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

/** The error without its cause: that one holds the request, and the request the refresh token. */
function refusal(error: unknown): AgproxyError {
  const unreached = error instanceof Error ? error.cause : undefined;
  // The time limit aborts the call, which the client reports as if somebody had left.
  if (unreached instanceof AgproxyError && unreached.code !== "client_closed_request") {
    return unreached;
  }
  const status = responseStatus(error);
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) {
    return new AgproxyError(
      "account_rejected",
      "Google does not accept the account's refresh token.",
    );
  }
  return new AgproxyError("upstream_unreachable", "Google's token endpoint gave no access token.");
}

function responseStatus(error: unknown): number | undefined {
  const response = isObject(error) ? error.response : undefined;
  return isObject(response) && typeof response.status === "number" ? response.status : undefined;
}
