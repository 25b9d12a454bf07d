/** Stands in for the Gemini API. The prompt says how the answer is to come: `events=200 gap=0`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { text } from "node:stream/consumers";
import { answerEvent, type Pace, unaryAnswer } from "./answer.ts";

const wholeAnswer = JSON.stringify(unaryAnswer);
const streams = new Map<number, readonly string[]>();

const { BENCH_TLS_KEY: key, BENCH_TLS_CERTIFICATE: cert } = process.env;
const server = key === undefined ? createServer(answer) : createTlsServer({ key, cert }, answer);
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/healthz") return void response.end('{"status":"ok"}');
  if (request.url?.includes(":stream") === true) {
    return void text(request).then((asked) => stream(response, paceOf(asked)));
  }
  // A collector of traces, which has nothing to say.
  if (request.url === "/v1/traces") return void request.resume().once("end", () => response.end());
  // Not looked at: to read ten megabytes here would hold up the streams beside them.
  request.resume().once("end", () => {
    response.writeHead(200, {
      "Content-Type": "application/json; charset=UTF-8",
      "Content-Length": Buffer.byteLength(wholeAnswer),
    });
    response.end(wholeAnswer);
  });
}

function paceOf(asked: string): Pace {
  const [, events, gap] = /events=(\d+) gap=(\d+)/.exec(asked) ?? [];
  return { events: Number(events), gap: Number(gap) };
}

/** Every event leaves alone: a model makes one at a time, and a gateway must not count on getting two. */
function stream(response: ServerResponse, { events, gap }: Pace): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const frames = framesOf(events);
  const wait = gap === 0 ? setImmediate : (next: () => void) => setTimeout(next, gap);
  let sent = 0;
  function next(): void {
    if (response.destroyed) return;
    response.write(frames[sent]);
    sent += 1;
    if (sent < events) wait(next);
    else response.end();
  }
  next();
}

function framesOf(events: number): readonly string[] {
  const known = streams.get(events);
  if (known !== undefined) return known;
  const frame = (_: unknown, index: number) =>
    `data: ${JSON.stringify(answerEvent(index, events))}\r\n\r\n`;
  const made = Array.from({ length: events }, frame);
  streams.set(events, made);
  return made;
}
