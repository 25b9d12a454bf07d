import { randomBytes } from "node:crypto";
import { isObject } from "@agproxy/core";
import { CodeChallengeMethod, OAuth2Client } from "google-auth-library";
import { loopbackCode } from "./loopback-code.ts";
import type { OauthClient } from "./oauth-client.ts";
import { deadRedirect, pastedCode } from "./pasted-code.ts";

/** Who has signed in. */
export interface SignedIn {
  readonly refreshToken: string;
  /** As the server says; absent where it does not. */
  readonly email: string | undefined;
}

/** Where a code comes from. */
export interface SignInOptions {
  readonly client: OauthClient;
  /** Shows the address of the page to sign in at. */
  show(url: string): void;
  /** Asks for the address at which the browser ended; absent: a browser on this machine comes back by itself. */
  readonly askPasted?: (() => Promise<string>) | undefined;
  readonly signal: AbortSignal;
}

const tokenTimeoutMs = 15_000;

const scope = ["openid", "email", "https://www.googleapis.com/auth/cloud-platform"];

/** The authorization code flow with PKCE. Sources: RFC 8252, RFC 7636, RFC 9700 section 2.1. */
export async function signIn(options: SignInOptions): Promise<SignedIn> {
  const { client, askPasted } = options;
  const state = randomBytes(32).toString("base64url");
  if (askPasted !== undefined) {
    const asking = await question(client, deadRedirect(), state);
    options.show(asking.url);
    return asking.answer(pastedCode(await askPasted(), state));
  }
  const wait = await loopbackCode(state);
  try {
    const asking = await question(client, wait.redirectUri, state);
    options.show(asking.url);
    return await asking.answer(await wait.code(options.signal));
  } finally {
    await wait.close();
  }
}

/** One sign-in: its page, and what becomes of the code. Only this process knows the verifier, so a stolen code is no use. */
async function question(client: OauthClient, redirectUri: string, state: string) {
  const oauth = new OAuth2Client({
    clientId: client.id,
    clientSecret: client.secret,
    redirectUri,
    endpoints: { oauth2AuthBaseUrl: client.authUrl, oauth2TokenUrl: client.tokenUrl },
    transporterOptions: { timeout: tokenTimeoutMs },
  });
  const { codeVerifier, codeChallenge = "" } = await oauth.generateCodeVerifierAsync();
  return {
    url: oauth.generateAuthUrl({
      access_type: "offline",
      // Google gives a refresh token only with consent.
      prompt: "consent",
      scope,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: CodeChallengeMethod.S256,
    }),
    async answer(code: string): Promise<SignedIn> {
      const { tokens } = await oauth.getToken({ code, codeVerifier }).catch((thrown: unknown) => {
        // Not as its cause: that one holds the code and the client's secret.
        throw new Error(`The OAuth server gave no token (${reasonOf(thrown)}). Begin again.`);
      });
      const { refresh_token: refreshToken, id_token: idToken } = tokens;
      if (!refreshToken) throw new Error("The OAuth server gave no refresh token. Begin again.");
      return { refreshToken, email: emailIn(idToken) };
    },
  };
}

function reasonOf(thrown: unknown): string {
  const response = isObject(thrown) ? thrown["response"] : undefined;
  const body = isObject(response) ? response["data"] : undefined;
  const code = isObject(body) ? body["error"] : undefined;
  return typeof code === "string" && /^\w{1,50}$/.test(code) ? code : "it could not be reached";
}

/** The email of an ID token, for a label. It comes straight from the token endpoint, so its signature says nothing more. */
function emailIn(idToken: string | null | undefined): string | undefined {
  const [, payload = ""] = (idToken ?? "").split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    const email = isObject(claims) ? claims["email"] : undefined;
    return typeof email === "string" && email !== "" ? email : undefined;
  } catch {
    return undefined;
  }
}
