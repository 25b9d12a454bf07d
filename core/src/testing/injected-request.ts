import { request as httpRequest, type IncomingMessage } from "node:http";
import { type Duplex, duplexPair } from "node:stream";
import { readSseText, type SseEvent } from "./sse-text.ts";

/**
 * A request of a test.
 *
 * @example
 * const asked: TestRequest = { path: "/chat", body: { model: "m", stream: true } };
 */
export interface TestRequest {
  /** Default: `POST` with a body, `GET` without. */
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Where the client seems to be. Default: `127.0.0.1`. */
  readonly remoteAddress?: string;
  /** Aborts when the client is to leave. */
  readonly signal?: AbortSignal;
}

/** What a request got. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** As text. */
  readonly body: string;
  readonly bytes: Uint8Array;
  /** The body, parsed. Throws where it is no JSON. */
  readonly json: unknown;
  /** The events of a stream. Throws where the body is none, or ends inside an event. */
  readonly events: readonly SseEvent[];
}

/** Sends a request on a connection of its own that leads to `connect`. Rejects where the answer breaks off. */
export async function injectRequest(
  connect: (connection: Duplex) => void,
  { method, path, headers, body, remoteAddress = "127.0.0.1", signal }: TestRequest,
): Promise<TestAnswer> {
  const [client, server] = duplexPair();
  connect(asSocket(server, remoteAddress));
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => client,
      method: method ?? (body === undefined ? "GET" : "POST"),
      path,
      headers: { host: "localhost", ...typeOf(body), ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
    request.on("response", resolve).on("error", reject).end(bytesOf(body));
  });
  const bytes = Buffer.concat(await Array.fromAsync<Buffer>(answer));
  return testAnswer(answer, bytes);
}

/** What Node's HTTP server and the gateway use of a socket beyond what every stream has. */
function asSocket(stream: Duplex, remoteAddress: string): Duplex {
  const destroySoon = () => stream.end(() => stream.destroy());
  // The client is this process, which takes all that it gets.
  const setTimeout = () => stream;
  return Object.assign(stream, { remoteAddress, destroySoon, setTimeout });
}

function typeOf(body: unknown): Readonly<Record<string, string>> {
  return body === undefined || isSentAsItIs(body) ? {} : { "content-type": "application/json" };
}

function isSentAsItIs(body: unknown): body is string | Uint8Array {
  return typeof body === "string" || body instanceof Uint8Array;
}

function bytesOf(body: unknown): string | Uint8Array | undefined {
  return body === undefined || isSentAsItIs(body) ? body : JSON.stringify(body);
}

function testAnswer({ statusCode, rawHeaders }: IncomingMessage, bytes: Buffer): TestAnswer {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  const body = bytes.toString();
  return {
    status: statusCode ?? 0,
    headers,
    body,
    bytes,
    get json(): unknown {
      return JSON.parse(body);
    },
    get events() {
      return readSseText(body);
    },
  };
}
