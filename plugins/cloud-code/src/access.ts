import { AgproxyError, isObject, type PluginContext, SharedToken } from "@agproxy/core";
import { OAuth2Client } from "google-auth-library";
import type { CloudCodeAccount } from "./options.ts";

/** Access tokens of one account. Requests that need a new one at the same time share it, also those of other instances. */
export interface Access {
  /** A token that is valid as far as is known. Throws `account_rejected` where Google refuses the account. */
  token(): Promise<string>;
  /** A token other than one that was refused. */
  tokenInPlaceOf(refused: string): Promise<string>;
  /** Words that must not be shown. */
  secrets(): readonly string[];
}

const timeoutMs = 15_000;

/** Where Google does not say how long a token holds. */
const usualLifetimeMs = 3_600_000;

/** Source: https://developers.google.com/identity/protocols/oauth2/web-server#offline */
export function accountAccess(
  { http, store }: Pick<PluginContext, "http" | "store">,
  { clientId, clientSecret, refreshToken, proxy }: CloudCodeAccount,
  { id, tokenUrl }: { readonly id: string; readonly tokenUrl: string },
): Access {
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
  const shared = new SharedToken({
    store,
    key: `cloud-code-tokens/${id}`,
    secret: refreshToken,
    async refresh() {
      client.setCredentials({ refresh_token: refreshToken });
      const { token } = await client.getAccessToken().catch((error: unknown) => {
        throw refusal(error);
      });
      if (!token) throw refusal(undefined);
      const endsAt = client.credentials.expiry_date ?? Date.now() + usualLifetimeMs;
      return { token, lifetimeMs: endsAt - Date.now() };
    },
  });
  return {
    token: () => shared.token(),
    tokenInPlaceOf: (refused) => shared.tokenInPlaceOf(refused),
    secrets: () => [refreshToken, clientSecret, shared.last ?? ""].filter(Boolean),
  };
}

/**
 * `fetch` for google-auth-library over agproxy's own client, which tells a proxy's refusal from Google's answer. The
 * library's own client does not: a proxy's 400 would look like a refused refresh token.
 */
function fetchOver(http: PluginContext["http"], proxy: string | undefined): typeof fetch {
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
