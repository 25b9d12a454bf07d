import { AgproxyError, isObject, SharedToken, type TokenSource } from "@agproxy/core";

/** Access tokens of one account. Requests that need a new one at the same time share it, also those of other instances. */
export interface Access {
  /** A token that is valid as far as is known. Throws `account_rejected` where Google refuses the account. */
  token(): Promise<string>;
  /** A token other than one that was refused. */
  tokenInPlaceOf(refused: string): Promise<string>;
  /** Words that must not be shown. */
  secrets(): readonly string[];
}

/** What google-auth-library calls a client: it keeps a token, and asks for a new one some minutes before it expires. */
export interface TokenClient {
  credentials: TokenCredentials;
  getAccessToken(): Promise<{ readonly token?: string | null | undefined }>;
  setCredentials(credentials: TokenCredentials): void;
}

type TokenCredentials = {
  access_token?: string | null;
  expiry_date?: number | null;
};

export interface AccessOptions {
  /** What Google does not accept where it refuses, such as `the account's refresh token`. */
  readonly what: string;
  /** What somebody does where the grant has ended, as a sentence; then the account is suspended. Absent: it is rejected. */
  readonly renewal?: string | undefined;
  /** Words of the account's own that must not be shown. */
  readonly secrets: readonly string[];
  /** Where instances share a token. Absent: each asks for its own. */
  readonly shared?: SharedAccess | undefined;
}

interface SharedAccess extends Pick<TokenSource, "store"> {
  /** What the token is encrypted with in the store; undefined where the client has no secret, and then each asks for its own. */
  secret(): string | undefined | Promise<string | undefined>;
}

/** Where Google does not say how long a token holds. */
const usualLifetimeMs = 3_600_000;

/**
 * The tokens of a client, which is made with the first request: to find credentials may take a while.
 * Source: https://developers.google.com/identity/protocols/oauth2
 */
export function accessOf(
  makeClient: () => TokenClient | Promise<TokenClient>,
  { what, renewal, secrets, shared }: AccessOptions,
): Access {
  const client = new KeptClient(makeClient);
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    try {
      const { token } = await (await client.get()).getAccessToken();
      if (token !== null && token !== undefined && token !== "") return token;
    } catch (error) {
      throw refusal(error, what, renewal);
    }
    throw refusal(undefined, what, renewal);
  }

  function token(): Promise<string> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  const own: Access = {
    token,
    tokenInPlaceOf(refused) {
      // Another request may have brought a new one already.
      if (client.credentials?.access_token === refused) client.forget();
      return token();
    },
    secrets: () => [...secrets, client.credentials?.access_token ?? ""].filter(Boolean),
  };
  if (shared === undefined) return own;
  const { store } = shared;
  return sharedAccess(own, {
    store,
    secret: async () => {
      try {
        return await shared.secret();
      } catch (error) {
        throw refusal(error, what, renewal);
      }
    },
    async refresh() {
      client.forget();
      const given = await token();
      const endsAt = client.credentials?.expiry_date ?? Date.now() + usualLifetimeMs;
      return { token: given, lifetimeMs: endsAt - Date.now() };
    },
  });
}

/** The client of an account, made with the first request; where that fails, what is missing may be there the next time. */
class KeptClient {
  readonly #make: () => TokenClient | Promise<TokenClient>;
  #making: Promise<TokenClient> | undefined;
  #known: TokenClient | undefined;

  constructor(make: () => TokenClient | Promise<TokenClient>) {
    this.#make = make;
  }

  get credentials(): TokenCredentials | undefined {
    return this.#known?.credentials;
  }

  async get(): Promise<TokenClient> {
    this.#making ??= Promise.resolve().then(this.#make);
    try {
      return (this.#known = await this.#making);
    } catch (error) {
      this.#making = undefined;
      throw error;
    }
  }

  /** It asks for a new token with the next call. */
  forget(): void {
    this.#known?.setCredentials({ ...this.credentials, access_token: null, expiry_date: 1 });
  }
}

/** An access whose tokens all instances share, where there is a secret, and else its own. */
function sharedAccess(own: Access, source: SharedAccess & Pick<TokenSource, "refresh">): Access {
  const { store, refresh } = source;
  let secret: string | undefined;
  let isKnown = false;
  const all = new SharedToken({
    store,
    name: "google-tokens",
    secret: () => secret ?? "",
    refresh,
  });
  const chosen = async (): Promise<Pick<Access, "token" | "tokenInPlaceOf">> => {
    // Read once; after a failure again.
    if (!isKnown) secret = await source.secret();
    isKnown = true;
    return secret === undefined ? own : all;
  };
  return {
    token: async () => (await chosen()).token(),
    tokenInPlaceOf: async (refused) => (await chosen()).tokenInPlaceOf(refused),
    secrets: () => [...own.secrets(), all.last ?? ""].filter(Boolean),
  };
}

/** The error without its cause: that one holds the request, and the request the account's secrets. */
function refusal(error: unknown, what: string, renewal: string | undefined): AgproxyError {
  const unreached = [error, error instanceof Error ? error.cause : undefined].find(
    (thrown) => thrown instanceof AgproxyError,
  );
  // The time limit aborts the call, which the client reports as if somebody had left.
  if (unreached instanceof AgproxyError && unreached.code !== "client_closed_request") {
    return unreached;
  }
  const status = responseStatus(error);
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) {
    const message = `Google does not accept ${what}.`;
    // A grant that has expired or was withdrawn comes back only with its owner. Source: RFC 6749 section 5.2.
    return renewal !== undefined && hasEnded(error)
      ? new AgproxyError("account_suspended", message, { advice: renewal })
      : new AgproxyError("account_rejected", message);
  }
  return new AgproxyError("upstream_unreachable", "Google's token endpoint gave no access token.");
}

function hasEnded(error: unknown): boolean {
  const response = isObject(error) ? error.response : undefined;
  const body = isObject(response) ? response.data : undefined;
  return isObject(body) && body.error === "invalid_grant";
}

function responseStatus(error: unknown): number | undefined {
  const response = isObject(error) ? error.response : undefined;
  return isObject(response) && typeof response.status === "number" ? response.status : undefined;
}
