/** A server on a loopback port that speaks the Gemini wire exactly as a test tells it, byte by byte. */
import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { CountWatch } from "./count-watch.ts";

export interface GeminiCall {
  /** 1 for the first. */
  readonly number: number;
  readonly key: string;
  readonly streamed: boolean;
  readonly body: unknown;
  readonly response: ServerResponse;
}

export interface GeminiServer extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly GeminiCall[];
  /** Resolves once so many calls have arrived. */
  arrived(count: number): Promise<void>;
  /** Resolves once so many calls were given up by the client. */
  departed(count: number): Promise<void>;
  readonly departures: number;
}

/** `answer` writes what it likes; a call that it does not end stays open. With a certificate it speaks TLS. */
export async function geminiServer(
  answer: (call: GeminiCall) => void,
  tls?: { readonly key: string; readonly cert: string },
): Promise<GeminiServer> {
  const arrivals = new CountWatch<GeminiCall>();
  const departures = new CountWatch<number>();
  const listen: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call: GeminiCall = {
        number: arrivals.all.length + 1,
        key: String(request.headers["x-goog-api-key"]),
        streamed: request.url?.includes("streamGenerateContent") === true,
        body: JSON.parse(Buffer.concat(chunks).toString() || "null"),
        response,
      };
      response.once("close", () => {
        if (!response.writableFinished && !cut.has(response)) departures.add(call.number);
      });
      answer(call);
      arrivals.add(call);
    });
  };
  const server = tls === undefined ? createServer(listen) : createTlsServer(tls, listen);
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    calls: arrivals.all,
    arrived: (count) => arrivals.reached(count),
    departed: (count) => departures.reached(count),
    get departures() {
      return departures.all.length;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const cut = new WeakSet<ServerResponse>();

/** Breaks the connection once everything written has left. */
export function cutOff(response: ServerResponse): void {
  cut.add(response);
  response.socket?.destroySoon();
}

/** One payload of an answer; with a finish reason it is the last. */
export function said(text: string, finishReason?: string): object {
  const content = { role: "model", parts: [{ text }] };
  const counts = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 };
  return {
    candidates: [{ index: 0, content, ...(finishReason === undefined ? {} : { finishReason }) }],
    usageMetadata: counts,
  };
}

export const sse = (payload: unknown) => `data: ${JSON.stringify(payload)}\r\n\r\n`;

/** A good answer in two pieces, "good answer", in the form the call asks for. */
export function answerWell({ response, streamed }: GeminiCall): void {
  response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
  if (streamed) response.end(sse(said("good ")) + sse(said("answer", "STOP")));
  else response.end(JSON.stringify(said("good answer", "STOP")));
}

/** The Gemini API's own error, with a RetryInfo where a delay is given. */
export function refuse(response: ServerResponse, status: number, retryDelay?: string): void {
  const details =
    retryDelay === undefined
      ? []
      : [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }];
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { code: status, message: "Told to fail.", details } }));
}
