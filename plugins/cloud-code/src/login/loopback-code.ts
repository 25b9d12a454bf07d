import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readRedirect, refused } from "./redirected-code.ts";

/** Waits for a browser on this machine to come back with a code. */
export interface CodeWait {
  readonly redirectUri: string;
  /** Resolves with the code. Rejects where the server refused, and when the signal aborts. */
  code(signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

const page = (text: string) =>
  `<!doctype html><meta charset="utf-8"><title>agproxy</title><p>${text}</p>`;

/** Listens on the loopback address, on a port that the system chooses. Source: RFC 8252 sections 7.3 and 8.3. */
export async function loopbackCode(state: string): Promise<CodeWait> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // It may fail before anybody waits for it.
  promise.catch(() => {});
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader("connection", "close");
    const redirected = readRedirect(searchParams, state);
    if (request.method !== "GET" || pathname !== "/" || "isForeign" in redirected) {
      // Another page of this machine may call here; it cannot end the wait.
      response.writeHead(404).end(page("This is no answer that agproxy waits for."));
      return;
    }
    if ("code" in redirected) {
      response.end(page("You are signed in. This page can be closed."));
      resolve(redirected.code);
    } else {
      response.end(page("Nobody is signed in. This page can be closed."));
      reject(refused(redirected.refusal));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    redirectUri: `http://127.0.0.1:${port}`,
    code(signal) {
      signal.addEventListener("abort", () => reject(new Error("Nobody has signed in in time.")), {
        once: true,
      });
      return promise;
    },
    close: () => closed(server),
  };
}

async function closed(server: Server): Promise<void> {
  const done = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await done;
}
