import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a vendor got. */
export interface VendorCall {
  readonly method: string;
  /** The path with its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a vendor answers. */
export interface VendorAnswer {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** In its place: bytes that are written piece by piece, as `cutInTwo` makes them of a recording. */
  readonly pieces?: readonly Uint8Array[];
  /** The connection breaks after the body, which so is no whole one. */
  readonly breaksOff?: boolean;
}

/** A server in a vendor's place. `await using` closes it. */
export interface Vendor extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The requests so far, in order. */
  readonly received: readonly VendorCall[];
}

/**
 * A server on a free loopback port that answers what a vendor would, such as what was recorded there: for plugins that call
 * out by `agproxy.http` or `agproxy.sideCalls`.
 *
 * @example
 * await using vendor = await startVendor(() => ({ pieces: [bytes] }));
 * assert.equal(vendor.received[0]?.headers["x-api-key"], "secret");
 */
export async function startVendor(
  answer: (call: VendorCall) => VendorAnswer | Promise<VendorAnswer>,
): Promise<Vendor> {
  const received: VendorCall[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = Buffer.concat(await Array.fromAsync<Buffer>(request));
    const { method = "", url = "", headers } = request;
    const call = { method, url, headers, body: bytes.toString() };
    received.push(call);
    await write(response, await answer(call));
  };
  // What a test's `answer` throws fails the test, as an unhandled rejection.
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function write(
  response: ServerResponse,
  { status = 200, headers = {}, body = "", pieces, breaksOff = false }: VendorAnswer,
): Promise<void> {
  const type = typeof body === "string" ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, ...headers });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  // Each with its own write to the socket, so that the other end reads them one by one, as far as the system lets it.
  for (const piece of pieces ?? [Buffer.from(text)])
    await new Promise((resolve) => response.write(piece, resolve));
  if (breaksOff) response.socket?.destroySoon();
  else response.end();
}
