import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { validateHeaderName } from "../http/node-http.ts";
import type { Incoming } from "../hooks/stages.ts";

/** Names a request that has arrived. `setHeader` sets a header of its answer, as long as there is one to set. */
export function arrival(
  message: IncomingMessage,
  path: string,
  search: string,
  signal: AbortSignal,
  setHeader: Incoming["setHeader"],
): Incoming {
  let ignored: Set<string> | undefined;
  let told = "";
  const set = (name: string, value: string) => {
    // Here its plugin can be told; when the head is written, nobody.
    validateHeaderName(name);
    setHeader(name, headerSafe(value));
  };
  const incoming: Incoming = {
    id: randomUUID(),
    method: message.method ?? "",
    path,
    // No getter: V8 keeps what the getter of an object literal can see until the next full collection.
    query: search === "" ? noQuery : new URLSearchParams(search),
    headers: message.headers,
    remoteAddress: message.socket.remoteAddress ?? "",
    receivedAt: Date.now(),
    signal,
    setHeader: set,
    noteIgnored(field) {
      ignored ??= new Set();
      if (told.length > headerValueLimit || ignored.has(field)) return;
      ignored.add(field);
      told = told === "" ? field : `${told}, ${field}`;
      set("X-Agproxy-Ignored", told);
    },
  };
  setHeader("X-Request-Id", incoming.id);
  return incoming;
}

const noQuery: Incoming["query"] = new URLSearchParams();

/** In characters. */
const headerValueLimit = 1024;

/** Model names and labels come from people; a header takes only visible ASCII. */
function headerSafe(value: string): string {
  const isSafe = value.length <= headerValueLimit && !/[^\x20-\x7e]/.test(value);
  return isSafe ? value : value.slice(0, headerValueLimit).replaceAll(/[^\x20-\x7e]/g, "?");
}
