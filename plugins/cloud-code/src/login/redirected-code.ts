import { timingSafeEqual } from "node:crypto";

/** How an OAuth server sends a browser back. */
export type Redirected =
  | { readonly code: string }
  | { readonly refusal: string }
  /** The address has no state, or not ours: it answers no question of this command. */
  | { readonly isForeign: true };

/** What a redirect says that answers the question with this state. Source: RFC 6749 section 4.1.2. */
export function readRedirect(query: URLSearchParams, state: string): Redirected {
  if (!isEqual(query.get("state") ?? "", state)) return { isForeign: true };
  const code = query.get("code");
  if (code !== null && code !== "") return { code };
  return { refusal: query.get("error") ?? "no code" };
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The error of somebody who has said no, or of a server that has. */
export function refused(reason: string): Error {
  return new Error(`Nobody is signed in: the answer was "${reason.slice(0, 100)}".`);
}
