/** An imitation of the Gemini API that does, now and then and by a seed, everything that upstreams do wrong. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Behaviour, lateFailures, overloaded, refuses, well } from "../chaos/imitation.ts";
import { type GeminiCall, said, sse } from "../support/gemini-server.ts";
import { Tally } from "./tally.ts";

/** How many of a thousand calls end so; all others end well. */
const faults: Readonly<Record<string, readonly [perMille: number, behaviour: Behaviour]>> = {
  limited: [15, refuses({ status: 429, retryDelay: 0.2 })],
  overloaded: [3, overloaded],
  failed: [5, refuses({ status: 500, word: "INTERNAL", message: "Told to fail." })],
  "late 429": [3, lateFailures["429"]!],
  "late 503": [3, lateFailures["503"]!],
  cut: [5, lateFailures["cut"]!],
  stalled: [2, lateFailures["stall"]!],
  reset: [5, ({ response }) => void response.socket?.resetAndDestroy()],
  garbled: [3, garbled],
  "malformed call": [3, ({ response }) => void response.end(malformedCall)],
  slow: [10, slowly],
};

export interface FaultyUpstream extends AsyncDisposable {
  readonly url: string;
  /** How its calls ended. */
  readonly tally: Tally;
  /** Closes the connections that nobody uses; resolves once there is no other. */
  atRest(): Promise<void>;
}

/** `random` is from 0 to 1. */
export async function faultyUpstream(random: () => number): Promise<FaultyUpstream> {
  const tally = new Tally();
  let number = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body: unknown = JSON.parse((await text(request)) || "null");
    const { headers, url = "" } = request;
    if (request.method === "GET") return void response.end('{"models":[]}');
    number += 1;
    const streamed = url.includes("streamGenerateContent");
    const key = String(headers["x-goog-api-key"]);
    const [name, behaviour] = drawn(random() * 1000);
    tally.add(name);
    await behaviour({ number, key, streamed, body, response });
  };
  const server = createServer((request, response) => {
    // A gateway whose client has left breaks off what it sends.
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    tally,
    async atRest() {
      while ((await connectionsOf(server)) > 0) {
        server.closeIdleConnections();
        await sleep(20);
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function connectionsOf(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function drawn(at: number): readonly [string, Behaviour] {
  let rest = at;
  for (const [name, [perMille, behaviour]] of Object.entries(faults)) {
    rest -= perMille;
    if (rest < 0) return [name, behaviour];
  }
  return ["good", well];
}

const malformedCall = JSON.stringify(said("", "MALFORMED_FUNCTION_CALL"));

function garbled({ response }: GeminiCall): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end('data: {"candidates": [\r\n\r\ndata: }\r\n\r\n');
}

/** Twenty events, one each 20 ms, or nothing for as long. */
async function slowly({ response, streamed }: GeminiCall): Promise<void> {
  if (!streamed) {
    await sleep(400);
    response.end(JSON.stringify(said("good answer", "STOP")));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let event = 0; event < 20 && !response.destroyed; event += 1) {
    response.write(sse(said("good ")));
    await sleep(20);
  }
  response.end(sse(said("answer", "STOP")));
}
