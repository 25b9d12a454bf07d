import { randomInt } from "node:crypto";
import { readRedirect, refused } from "./redirected-code.ts";

/**
 * An address at which nobody listens: the browser of another machine ends there, and its address bar has the code. The port is
 * one of those that no service has of its own. Source: RFC 6335 section 6.
 */
export function deadRedirect(): string {
  return `http://127.0.0.1:${randomInt(49_152, 65_536)}`;
}

/** The code in the address that somebody has pasted. Throws where it does not belong to this sign-in. */
export function pastedCode(pasted: string, state: string): string {
  const query = URL.parse(pasted.trim())?.searchParams;
  const redirected = query === undefined ? undefined : readRedirect(query, state);
  if (redirected === undefined || "isForeign" in redirected) {
    throw new Error(
      "That is not the address at which this sign-in ends. Paste the whole address, from http:// on, or begin again.",
    );
  }
  if ("refusal" in redirected) throw refused(redirected.refusal);
  return redirected.code;
}
