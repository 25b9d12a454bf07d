import type { IncomingMessage } from "node:http";
import { AgproxyError } from "../errors/agproxy-error.ts";

/** What is wrong with a request that Node reads, and that nothing after it could take in one sense only. */
export function requestFault({ url = "", rawHeaders }: IncomingMessage): AgproxyError | undefined {
  if (hosts(rawHeaders) > 1) {
    const advice = "Whatever stands between the client and agproxy may not add a second one.";
    return new AgproxyError("unreadable_request", "The request has several `Host` headers.", {
      advice,
    });
  }
  const isPath = url.startsWith("/") || url === "*";
  if (isPath || (/^https?:\/\//i.test(url) && URL.canParse(url))) return undefined;
  const message = "The target of the request is neither a path nor a URL.";
  return new AgproxyError("unreadable_request", message);
}

function hosts(rawHeaders: readonly string[]): number {
  let found = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") found += 1;
  }
  return found;
}
