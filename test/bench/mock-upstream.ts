/** Stands in for the Gemini API. The prompt says how the answer is to come: `events=200 gap=0`. */
import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { answerEvent, type Pace, unaryAnswer } from "./answer.ts";

const wholeAnswer = JSON.stringify(unaryAnswer);
const streams = new Map<number, readonly string[]>();

const server = createServer((request, response) => {
  void text(request).then((asked) => answer(request.url ?? "", asked, response));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");

function answer(url: string, asked: string, response: ServerResponse): void {
  if (url === "/healthz") return void response.end('{"status":"ok"}');
  if (!url.includes(":stream")) {
    response.writeHead(200, {
      "Content-Type": "application/json; charset=UTF-8",
      "Content-Length": Buffer.byteLength(wholeAnswer),
    });
    return void response.end(wholeAnswer);
  }
  const [, events, gap] = /events=(\d+) gap=(\d+)/.exec(asked) ?? [];
  stream(response, { events: Number(events), gap: Number(gap) });
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
