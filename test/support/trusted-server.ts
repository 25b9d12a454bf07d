import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { trusted } from "./trusted-certificate.ts";

interface TrustedServer extends AsyncDisposable {
  /** Has a secret in its query. */
  readonly url: string;
  readonly host: string;
}

/** A server on a loopback port, whose certificate (for 127.0.0.1) this process trusts. */
export async function trustedServer(
  scheme: "http" | "https",
  answer: RequestListener,
  hostname = "127.0.0.1",
): Promise<TrustedServer> {
  const server = scheme === "http" ? createServer(answer) : createTlsServer(trusted, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `${hostname}:${(server.address() as AddressInfo).port}`;
  return {
    url: `${scheme}://${host}/path?key=secret`,
    host,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
