import { readFile } from "node:fs/promises";
import { AgproxyError, parsedJson, type PluginContext } from "@agproxy/core";
import { type Access, accessOf, tokenTransport } from "@agproxy/plugin-gemini";
import { type AnyAuthClient, GoogleAuth, JWT, UserRefreshClient } from "google-auth-library";
import { type CheckedAccount, type RobotAccount, robotAccountOf } from "./options.ts";

/** What an account with tokens proves who it is with, and the project that goes with it. */
export interface TokenAccess {
  readonly access: Access;
  /** Throws `account_rejected` where neither the account nor its credentials name one. */
  project(): Promise<string>;
}

const scope = "https://www.googleapis.com/auth/cloud-platform";
/** To find credentials, google-auth-library may ask the machine that it runs on. */
const lookupMs = 15_000;

/**
 * The tokens of an account that has no key.
 * Source: https://cloud.google.com/docs/authentication/application-default-credentials
 */
export function tokenAccess(
  { http, store }: Pick<PluginContext, "http" | "store">,
  account: CheckedAccount,
  tokenUrl: string | undefined,
): TokenAccess {
  const { credentials, proxy } = account;
  const transporterOptions = tokenTransport(http, { proxy, tokenUrl });
  if (credentials.by === "environment") {
    const auth = new GoogleAuth({ scopes: [scope], clientOptions: { transporterOptions } });
    const client = () => inTime(auth.getClient());
    // The client first: asked for the project first, the library makes a client of its own without these options.
    const projectId = async () => {
      await client();
      return inTime(auth.getProjectId());
    };
    return {
      access: accessOf(client, {
        what: "the Application Default Credentials",
        renewal: "Sign in again: `gcloud auth application-default login`.",
        secrets: [],
        shared: { store, secret: async () => secretOf(await client()) },
      }),
      project: () => projectOf(account, projectId),
    };
  }
  const own = ownAccount(account);
  const jwt = async () => {
    const { email, privateKey } = await own();
    return new JWT({ email, key: privateKey, scopes: [scope], transporterOptions });
  };
  const secrets = credentials.by === "service account" ? [credentials.account.privateKey] : [];
  const shared = { store, secret: async () => (await own()).privateKey };
  return {
    access: accessOf(jwt, { what: "the service account's key", secrets, shared }),
    project: () => projectOf(account, async () => (await own()).project),
  };
}

/**
 * What instances with the same credentials know and nobody else. Undefined where there is nothing of the kind: the metadata
 * server of a machine in the cloud keeps the token itself.
 */
function secretOf(client: AnyAuthClient): string | undefined {
  if (client instanceof JWT) return client.key;
  return client instanceof UserRefreshClient ? (client._refreshToken ?? undefined) : undefined;
}

/** The service account, read once; after a failure it is read again. */
function ownAccount({ credentials }: CheckedAccount): () => Promise<RobotAccount> {
  let reading: Promise<RobotAccount> | undefined;
  return () => {
    if (credentials.by === "service account") return Promise.resolve(credentials.account);
    if (credentials.by !== "file") return Promise.reject(new Error("no service account"));
    reading ??= serviceAccountIn(credentials.path).catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

async function serviceAccountIn(path: string): Promise<RobotAccount> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    throw new AgproxyError(
      "account_rejected",
      "The account's service account file cannot be read.",
      {
        advice: "Check the path in `serviceAccountFile`, and who may read the file.",
      },
    );
  }
  const account = robotAccountOf(parsedJson(text));
  if (account !== undefined) return account;
  throw new AgproxyError("account_rejected", "The account's file is no service account's.", {
    advice: "Create a JSON key for the service account in the Cloud console.",
  });
}

async function projectOf(
  { project }: CheckedAccount,
  otherwise: () => Promise<string | undefined>,
): Promise<string> {
  const found = project ?? (await otherwise().catch(unnamed));
  if (found !== undefined) return found;
  throw new AgproxyError("account_rejected", "The account's credentials name no Cloud project.", {
    advice: "Set the account's `project`.",
  });
}

/** google-auth-library throws where there is no project; errors of ours say more. */
function unnamed(error: unknown): undefined {
  if (error instanceof AgproxyError) throw error;
  return undefined;
}

/** Rejects where a search takes too long. */
async function inTime<T>(search: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AgproxyError("upstream_timeout", "No Google credentials were found in time."));
    }, lookupMs).unref();
  });
  try {
    return await Promise.race([search, late]);
  } finally {
    clearTimeout(timer);
  }
}
