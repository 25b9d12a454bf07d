import { AgproxyError, type Account, type Http, isObject } from "@agproxy/core";
import { type Access, postWithToken } from "@agproxy/plugin-gemini";

/** The Cloud project of an account. */
export type Project = () => Promise<string>;

const timeoutMs = 15_000;

/**
 * Asks the upstream which project the account works in, once; after a failure it is asked again. It does not use one
 * client's signal, because other requests may wait for the same answer.
 */
export function discoveredProject(
  http: Http,
  baseUrl: string,
  account: Account,
  access: Access,
): Project {
  let asking: Promise<string> | undefined;
  async function ask(): Promise<string> {
    const response = await postWithToken(http, {
      url: `${baseUrl}/v1internal:loadCodeAssist`,
      body: { metadata: { ideType: "IDE_UNSPECIFIED", platform: "PLATFORM_UNSPECIFIED" } },
      account,
      access,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return projectIn(await response.text());
  }
  return () => {
    asking ??= ask().catch((error: unknown) => {
      asking = undefined;
      throw error;
    });
    return asking;
  };
}

function projectIn(text: string): string {
  const answer = parsed(text);
  const project = isObject(answer) ? answer.cloudaicompanionProject : undefined;
  if (typeof project === "string" && project !== "") return project;
  throw new AgproxyError("account_forbidden", "Cloud Code returned no project for the account.", {
    advice: "Set the account's `project`, or sign up for Cloud Code with it.",
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AgproxyError("upstream_unreadable", undefined, { cause });
  }
}
