import { AgproxyError } from "@agproxy/core";

/** The answer to a link that cannot be used. `why` names the host at most: paths and queries hold secrets. */
export function unusable(param: string, why: string, cause?: unknown): AgproxyError {
  return new AgproxyError("invalid_request", `The link in \`${param}\` cannot be used: ${why}`, {
    param,
    cause,
    advice: "Send the file itself, as a data: URL.",
  });
}

/** Why a link cannot be used, on its way to where the request's field is known. */
export class Refusal extends Error {}

/** The host of a link as people write it, without a name or a password. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.slice(0, 200) : "its host";
}
