import type { PluginContext } from "@agproxy/core";
import { type Access, accessOf, tokenTransport } from "@agproxy/plugin-gemini";
import { OAuth2Client } from "google-auth-library";
import type { CloudCodeAccount } from "./options.ts";

/** Access tokens of one account. Source: https://developers.google.com/identity/protocols/oauth2/web-server#offline */
export function accountAccess(
  { http, store }: Pick<PluginContext, "http" | "store">,
  account: CloudCodeAccount,
  tokenUrl: string,
  timeoutMs?: number,
): Access {
  const { clientId, clientSecret, refreshToken, proxy } = account;
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: tokenUrl },
    transporterOptions: tokenTransport(http, { proxy, timeoutMs }),
  });
  client.setCredentials({ refresh_token: refreshToken });
  const what = "the account's refresh token";
  return accessOf(() => client, {
    what,
    renewal: "Sign in again: `agproxy login`, with the account's label as --label.",
    secrets: [refreshToken, clientSecret],
    shared: { store, secret: () => refreshToken },
  });
}
