import { type Pace, textOf, unaryText, wholeText } from "./answer.ts";
import { decoded, type Received } from "./connection.ts";
import { apiKey } from "./program.ts";

/** The wires that a request can be put in; bare gateways are asked on the upstream's own. */
export type Wire = "gemini" | "chat" | "responses";

/** A request, and what is right as an answer to it. */
export interface Ask {
  readonly request: Buffer;
  /** Events, or answers where it is not streamed. */
  readonly units: number;
  /** Throws where the answer is not exactly what the mock said. */
  check(answer: Received): void;
}

const system = "You are a careful assistant. ".repeat(12);
const history = [
  { role: "user", content: "What is a gateway, in a few words? ".repeat(6) },
  { role: "assistant", content: "Something that stands between two sides. ".repeat(4) },
];

/** A request for an answer at this pace; without one, for an answer that is not streamed. */
export function ask(wire: Wire, pace?: Pace): Ask {
  const words = pace === undefined ? "" : ` events=${pace.events} gap=${pace.gap}`;
  const messages = [...history, { role: "user", content: `Go on.${words}` }];
  const text = pace === undefined ? unaryText : wholeText(pace.events);
  const units = pace?.events ?? 1;
  return {
    request: request(wire, messages, pace !== undefined),
    units,
    check(answer) {
      const { status, text: body } = decoded(answer);
      if (status !== 200) throw new Error(`${wire}: status ${status}: ${body.slice(0, 500)}`);
      const said = pace === undefined ? wholes[wire](JSON.parse(body)) : streams[wire](body, units);
      if (said !== text) throw new Error(`${wire}: the text differs: ${body.slice(0, 2000)}`);
    },
  };
}

function request(wire: Wire, messages: typeof history, stream: boolean): Buffer {
  const [path, body] = bodies[wire](messages, stream);
  const text = JSON.stringify(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: Bearer ${apiKey}`,
    "User-Agent: OpenAI/JS 7.57.0",
    "Accept: application/json",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${text}`);
}

type Body = readonly [path: string, body: unknown];

const bodies: Record<Wire, (messages: typeof history, stream: boolean) => Body> = {
  gemini: (messages, stream) => {
    const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
    const contents = messages.map(({ role, content }) => ({ role, parts: [{ text: content }] }));
    return [
      `/v1beta/models/gemini-2.5-flash:${method}`,
      { systemInstruction: { parts: [{ text: system }] }, contents },
    ];
  },
  chat: (messages, stream) => {
    const all = [{ role: "system", content: system }, ...messages];
    const counts = stream ? { stream_options: { include_usage: true } } : {};
    return ["/v1/chat/completions", { model: "gpt-4o", messages: all, stream, ...counts }];
  },
  responses: (input, stream) => [
    "/v1/responses",
    // As Codex asks: what keeping an answer costs is the store's matter.
    { model: "gpt-4o", instructions: system, input, stream, store: false },
  ],
};

interface GeminiAnswer {
  candidates: { content: { parts: { text: string }[] }; finishReason?: string }[];
}

interface Completion {
  choices: {
    message?: { content: string };
    delta?: { content?: string };
    finish_reason: unknown;
  }[];
  usage?: unknown;
}

interface Response {
  output: { content: { text: string }[] }[];
}

const wholes: Record<Wire, (body: unknown) => string | undefined> = {
  gemini: (body) => (body as GeminiAnswer).candidates[0]?.content.parts[0]?.text,
  chat: (body) => (body as Completion).choices[0]?.message?.content,
  responses: (body) => (body as Response).output[0]?.content[0]?.text,
};

/** Each reads the text of a stream out of its events, and is sure of their number and of the end. */
const streams: Record<Wire, (body: string, events: number) => string> = {
  gemini(body, events) {
    const answers = payloads(body).map((one) => JSON.parse(one) as GeminiAnswer);
    expect(answers.length, events);
    expect(answers.at(-1)?.candidates[0]?.finishReason, "STOP");
    return answers.map((one) => wholes.gemini(one)).join("");
  },
  chat(body, events) {
    const all = payloads(body);
    expect(all.pop(), "[DONE]");
    const chunks = all.map((one) => JSON.parse(one) as Completion);
    expect(typeof chunks.pop()?.usage, "object");
    expect(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
    const texts = chunks.map(({ choices }) => choices[0]?.delta?.content ?? "");
    expect(texts.filter((one) => one !== "").length, events);
    expect(texts[0], textOf(0));
    return texts.join("");
  },
  responses(body, events) {
    type Event = { type: string; sequence_number: number; delta?: string; response: Response };
    const all = payloads(body);
    expect(all.pop(), "[DONE]");
    const sent = all.map((one) => JSON.parse(one) as Event);
    const deltas = sent.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas.length, events);
    expect(
      sent.every((event, index) => event.sequence_number === index),
      true,
    );
    expect(sent.at(-1)?.type, "response.completed");
    const text = deltas.map(({ delta }) => delta).join("");
    expect(wholes.responses(sent.at(-1)?.response), text);
    return text;
  },
};

function payloads(body: string): string[] {
  const lines = body.split(/\r?\n/).filter((line) => line.startsWith("data: "));
  return lines.map((line) => line.slice(6));
}

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(
      `a stream has ${String(actual).slice(0, 500)} where ${String(expected)} was due`,
    );
  }
}
