/**
 * What an event costs in process: agproxy's decoding of the Gemini wire and encoding of OpenAI's, with no
 * socket, and beside it the parsing of its JSON alone, which no translation can do without.
 * Sends microseconds of CPU per event.
 */
import { answerDecoder, answerStream } from "@agproxy/plugin-gemini";
import { AgproxyError, type Exchange, type HttpResponse } from "agproxy";
import { answerEvent } from "./answer.ts";
import { caller, chatProtocol, incoming } from "./chat-protocol.ts";
import { cost } from "./work-cost.ts";

export interface EventWork {
  readonly agproxy: number;
  readonly parsing: number;
}

const events = 200;
const payloads = Array.from({ length: events }, (_, index) =>
  JSON.stringify(answerEvent(index, events)),
);
const reads = payloads.map((payload) => Buffer.from(`data: ${payload}\r\n\r\n`));
const protocol = await chatProtocol();
const arrived = incoming();
const decoded = await protocol.decode(
  { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Go on." }] },
  arrived,
  caller,
);
const exchange: Exchange = {
  incoming: arrived,
  caller,
  protocol: protocol.name,
  request: decoded.request,
  model: "gemini-2.5-flash",
};

/** One event a read, as a model sends them: the dearest case. */
async function* body(): AsyncGenerator<Uint8Array> {
  yield* reads;
}

async function translate(): Promise<number> {
  const response: HttpResponse = { status: 200, headers: {}, body: body(), text: async () => "" };
  const decoder = answerDecoder({
    newCallId: () => "call",
    toolName: (name) => name,
    failure: () => new AgproxyError("internal_error"),
  });
  const encoder = protocol.encoder(exchange, { id: "bench", created: 0 }, decoded);
  let frames = 0;
  for await (const batch of answerStream(response, true, decoder)) {
    const text = encoder.batch(batch);
    if (text !== "") frames += 1;
  }
  return frames + (await encoder.end()).length;
}

async function parse(): Promise<number> {
  return payloads.reduce((sum, text) => sum + Object.keys(JSON.parse(text) as object).length, 0);
}

const ms = Number(process.argv[2]);
await cost(translate, ms / 2);
const agproxy = (await cost(translate, ms)) / events;
await cost(parse, ms / 4);
const parsing = (await cost(parse, ms / 2)) / events;
process.send?.({ agproxy, parsing } satisfies EventWork);
