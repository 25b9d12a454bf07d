import { AgproxyError } from "@agproxy/core";
import { OAuth2Client } from "google-auth-library";
import type { CloudCodeAccount } from "./options.ts";

/** Access tokens of one account. Requests that need a new one at the same time share it. */
export interface Access {
  /** A token that should work. Throws `account_rejected` where Google gives none. */
  token(): Promise<string>;
  /** A token other than one that was refused. */
  tokenInPlaceOf(refused: string): Promise<string>;
  /** Words that must not be shown. */
  secrets(): readonly string[];
}

const timeLimitMs = 15_000;

/** Source: https://developers.google.com/identity/protocols/oauth2/web-server#offline */
export function accountAccess(account: CloudCodeAccount, tokenUrl: string): Access {
  const { clientId, clientSecret, refreshToken, proxy } = account;
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: tokenUrl },
    transporterOptions: { timeout: timeLimitMs, ...(proxy === undefined ? {} : { proxy }) },
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

/** The error without its cause: that one holds the request, and the request the refresh token. */
function refusal(error: unknown): AgproxyError {
  const status = responseStatus(error);
  // 407 is said by a proxy, and never by Google.
  const isPassing = status === 407 || status === 429;
  if (status !== undefined && status >= 400 && status < 500 && !isPassing) {
    return new AgproxyError(
      "account_rejected",
      "Google does not accept the account's refresh token.",
    );
  }
  return new AgproxyError("upstream_unreachable", "Google's token endpoint gave no access token.");
}

function responseStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("response" in error)) return undefined;
  const { response } = error;
  if (typeof response !== "object" || response === null || !("status" in response))
    return undefined;
  return typeof response.status === "number" ? response.status : undefined;
}
