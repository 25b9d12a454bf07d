import { type AgproxyError, type ChatEvent, type Encoder, FileBody, sseFrame } from "@agproxy/core";
import { ResponseWriter, type ResponseNames } from "./response.ts";
import { UnchangedPieces } from "./unchanged.ts";

export interface EncoderOptions extends ResponseNames {
  /** How a stream is framed: as server-sent events, or as the items of an array. */
  readonly framing: "sse" | "array";
  /** Whether the client wants to see thoughts. */
  readonly hasThoughts: boolean;
  error(error: AgproxyError): unknown;
}

const jsonType = "application/json; charset=UTF-8";

/** Writes an answer: what the upstream said on this wire as it came, anything else translated. */
export function contentEncoder(options: EncoderOptions): Encoder {
  const { framing, hasThoughts, error } = options;
  const names = { modelVersion: options.modelVersion, responseId: options.responseId };
  const writer = new ResponseWriter(names, hasThoughts);
  const { frame, close } = framing === "sse" ? events : array();
  let frames = "";
  const translated = () => {
    const payload = writer.take();
    if (payload !== undefined) frames += frame(JSON.stringify(payload));
  };
  const pieces = new UnchangedPieces({
    pass(texts) {
      translated();
      for (const text of texts) frames += frame(oneLine(text));
    },
    translate: (event) => writer.add(event),
  });
  const taken = () => {
    translated();
    const all = frames;
    frames = "";
    return all;
  };

  return {
    ...(framing === "sse" ? {} : { streamType: jsonType, idle: () => "\n" }),
    batch(events) {
      for (const event of events) pieces.add(event);
      return taken();
    },
    end() {
      pieces.end();
      return taken() + close();
    },
    fail(failure) {
      pieces.breakOff();
      return taken() + frame(JSON.stringify(error(failure))) + close();
    },
    whole(_answer, events) {
      const own = asItCame(events);
      if (own !== undefined) return own;
      for (const event of events) writer.add(event);
      return writer.take();
    },
  };
}

/** How the payloads of a stream are told apart. */
interface Framing {
  frame(json: string): string;
  close(): string;
}

const events: Framing = { frame: sseFrame, close: () => "" };

function array(): Framing {
  let before = "[";
  return {
    frame(json) {
      const item = before + json;
      before = ",\r\n";
      return item;
    },
    close: () => (before === "[" ? "[]" : "]"),
  };
}

/** Line breaks stand between the words of a JSON text, never in one. */
function oneLine(text: string): string {
  return text.includes("\n") ? text.replaceAll(/[\r\n]+/g, " ") : text;
}

/** The one document that an answer came as; undefined where it was changed, or came on another wire. */
export function asItCame(events: readonly ChatEvent[]): FileBody | undefined {
  const passed: string[] = [];
  let isChanged = false;
  const pieces = new UnchangedPieces({
    pass: (texts) => {
      for (const text of texts) passed.push(text);
    },
    translate: () => {
      isChanged = true;
    },
  });
  for (const event of events) pieces.add(event);
  pieces.end();
  const [text] = passed;
  if (isChanged || text === undefined || passed.length > 1) return undefined;
  return new FileBody(jsonType, Buffer.from(text));
}
