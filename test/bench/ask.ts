import { type Pace, unaryText, wholeText } from "./answer.ts";
import { decoded, type Received } from "./connection.ts";
import { apiKey } from "./program.ts";
import type { Wire } from "./wires/wire.ts";

/** A request, and what is right as an answer to it. */
export interface Ask {
  readonly request: Buffer;
  /** Events, or answers where it is not streamed. */
  readonly units: number;
  /** Throws where the answer is not exactly what the mock said. */
  check(answer: Received): void;
}

const history = [
  { role: "user", content: "What is a gateway, in a few words? ".repeat(6) },
  { role: "assistant", content: "Something that stands between two sides. ".repeat(4) },
];

/** A request for an answer at this pace; without one, for an answer that is not streamed. */
export function ask(wire: Wire, pace?: Pace): Ask {
  const words = pace === undefined ? "" : ` events=${pace.events} gap=${pace.gap}`;
  const turns = [...history, { role: "user", content: `Go on.${words}` }];
  const { path, body } = wire.target(turns, pace !== undefined);
  return asked(wire, path, JSON.stringify(body), pace);
}

/** The same of a body that is written already. */
export function asked(wire: Wire, path: string, body: string, pace?: Pace): Ask {
  const expected = pace === undefined ? unaryText : wholeText(pace.events);
  const units = pace?.events ?? 1;
  return {
    request: request(path, body, wire.headers),
    units,
    check(answer) {
      const { status, text } = decoded(answer);
      if (status !== 200) throw new Error(`${wire.name}: status ${status}: ${text.slice(0, 500)}`);
      const said = pace === undefined ? wire.whole(JSON.parse(text)) : wire.stream(text, units);
      if (said !== expected) {
        throw new Error(`${wire.name}: the text differs: ${text.slice(0, 2000)}`);
      }
    },
  };
}

function request(path: string, body: string, headers: Wire["headers"] = {}): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Authorization: Bearer ${apiKey}`,
    "User-Agent: OpenAI/JS 7.57.0",
    "Accept: application/json",
    "Content-Type: application/json",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
