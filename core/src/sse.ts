import { StringDecoder } from "node:string_decoder";
import { AgproxyError } from "./errors.ts";

/** An event that is longer than this, in characters, is not one. */
const eventLimit = 128 * 1024 * 1024;

/** Takes server-sent events apart, read by read. Holds the state of one stream and is thrown away with it. */
export interface SseDecoder {
  /** The `data` payloads that a read completes, in order. Throws `upstream_unreadable` for an event without end. */
  read(bytes: Uint8Array): readonly string[];
  /** What the end of the stream completes; nothing when asked again. */
  end(): readonly string[];
}

/**
 * A decoder of one stream of server-sent events.
 *
 * Liberal where vendors are sloppy: LF and CRLF, a last event without its blank line, and text that is no
 * event at all. Such text (a bare JSON error after good events, a JSON body in place of a stream) is
 * gathered and comes as the last payload: a strict parser would drop it, and the failure with it.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function sseDecoder(): SseDecoder {
  const text = createText();
  const events = createEvents();
  return {
    read: (bytes) => events.feed(text.read(bytes)),
    end: () => [...events.feed(`${text.end()}\n\n`), ...events.stray()],
  };
}

/** Bytes as text. Most reads end where an event does; only one that ends in the middle of a character needs a decoder. */
function createText() {
  let decoder: StringDecoder | undefined;
  return {
    read(bytes: Uint8Array): string {
      const endsWhole = (bytes[bytes.length - 1] ?? 0) < 0x80;
      if (decoder === undefined && endsWhole) return asBuffer(bytes).toString("utf8");
      decoder ??= new StringDecoder("utf8");
      return decoder.write(bytes);
    },
    end: () => decoder?.end() ?? "",
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Events {
  /** The payloads that this text completes. */
  feed(text: string): readonly string[];
  /** The text that was no event, if there was any. */
  stray(): readonly string[];
}

function createEvents(): Events {
  let data: string | undefined;
  const stray: string[] = [];
  const lines = createLines();

  function take(line: string, batch: string[]): void {
    if (line === "") {
      if (data !== undefined) batch.push(data);
      data = undefined;
    } else if (line.startsWith("data:")) {
      const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
      data = data === undefined ? value : `${data}\n${value}`;
    } else if (!/^(?::|(?:event|id|retry)(?::|$))/.test(line)) stray.push(line);
  }

  return {
    feed(text) {
      const batch: string[] = [];
      for (const line of lines(text)) take(line, batch);
      return batch;
    },
    stray: () => (stray.length === 0 ? [] : [stray.splice(0).join("\n")]),
  };
}

/** Splits text into lines. A line that comes in pieces is joined once, however many there are. */
function createLines(): (text: string) => readonly string[] {
  const pieces: string[] = [];
  let size = 0;
  return (text) => {
    const lines: string[] = [];
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      let line = text.slice(start, end);
      if (pieces.length > 0) line = pieces.splice(0).join("") + line;
      lines.push(line.endsWith("\r") ? line.slice(0, -1) : line);
      start = end + 1;
      size = 0;
    }
    if (start < text.length) pieces.push(text.slice(start));
    size += text.length - start;
    if (size > eventLimit) throw new AgproxyError("upstream_unreadable");
    return lines;
  };
}

/** One event whose data is a single line, such as JSON. */
export function sseFrame(data: string): string {
  return `data: ${data}\n\n`;
}

/** One event with a name. */
export function namedSseFrame(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

/** A comment: clients skip it, and everything between sees life. */
export const ssePing = ": ping\n\n";
