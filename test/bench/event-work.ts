/**
 * What an event costs in process: agproxy's decoding of the Gemini wire and encoding of OpenAI's, with no
 * socket, and beside it the parsing of its JSON alone, which no translation can do without.
 * Sends microseconds of CPU per event.
 */
import { answerDecoder, answerStream } from "@agproxy/plugin-gemini";
import { openai } from "@agproxy/plugin-openai";
import {
  AgproxyError,
  type Exchange,
  type HttpResponse,
  type Incoming,
  type PluginContext,
  type Protocol,
} from "agproxy";
import { answerEvent } from "./answer.ts";

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
const incoming: Incoming = {
  id: "bench",
  method: "POST",
  path: "/v1/chat/completions",
  query: new URLSearchParams(),
  headers: {},
  remoteAddress: "127.0.0.1",
  receivedAt: 0,
  signal: new AbortController().signal,
  setHeader() {},
  noteIgnored() {},
};
const caller = { id: "bench", name: "bench" };
const { request } = await protocol.decode(
  { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Go on." }] },
  incoming,
  caller,
);
const exchange: Exchange = {
  incoming,
  caller,
  protocol: protocol.name,
  request,
  model: "gemini-2.5-flash",
};

/** What the plugin mounts at the chat route. */
async function chatProtocol(): Promise<Protocol> {
  const mounted = new Map<string, Protocol>();
  const context = {
    chat: (path, protocol) => void mounted.set(path, protocol),
    route: () => {},
  } satisfies Partial<PluginContext>;
  await openai().apply(context as unknown as PluginContext);
  const protocol = mounted.get("/v1/chat/completions");
  if (protocol === undefined) throw new Error("openai mounts no chat route");
  return protocol;
}

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
  const encoder = protocol.encoder(exchange, { id: "bench", created: 0 });
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

/** Microseconds per event, and that the work was done: no stream may say less than the others. */
async function cost(work: () => Promise<number>, ms: number): Promise<number> {
  const expected = await work();
  const end = performance.now() + ms;
  const before = process.cpuUsage();
  let streams = 0;
  do {
    if ((await work()) !== expected) throw new Error("two equal streams differ");
    streams += 1;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / streams / events;
}

const ms = Number(process.argv[2]);
await cost(translate, ms / 2);
const agproxy = await cost(translate, ms);
await cost(parse, ms / 4);
process.send?.({ agproxy, parsing: await cost(parse, ms / 2) } satisfies EventWork);
