import { StringDecoder } from "node:string_decoder";
import { AgproxyError } from "../errors/agproxy-error.ts";

/** An event that is longer than this, in characters, is not one. */
const eventLimit = 128 * 1024 * 1024;

/**
 * Takes one stream of server-sent events apart, read by read.
 *
 * Liberal where vendors are sloppy: LF and CRLF, a last event without its blank line, and text that is no
 * event at all. Such text (a bare JSON error after good events, a JSON body in place of a stream) is
 * gathered and comes as the last payload: a strict parser would drop it, and the failure with it.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseDecoder {
  readonly #take: (data: string) => void;
  /** Only for bytes that are cut inside a character; most reads end where an event does. */
  #characters: StringDecoder | undefined;
  /** A line whose end is yet to come: it is joined once, however many pieces it comes in. */
  readonly #pieces: string[] = [];
  #size = 0;
  #data: string | undefined;
  readonly #stray: string[] = [];

  /** `take` gets the `data` of each event, in order, once it is whole. */
  constructor(take: (data: string) => void) {
    this.#take = take;
  }

  /** Throws `upstream_unreadable` for an event without end, and what `take` throws. */
  read(bytes: Uint8Array): void {
    this.#readText(this.#text(bytes));
  }

  /** Hands over what is left at the end of the stream; nothing when called again. */
  end(): void {
    this.#readText(`${this.#characters?.end() ?? ""}\n\n`);
    if (this.#stray.length > 0) this.#take(this.#stray.splice(0).join("\n"));
  }

  #text(bytes: Uint8Array): string {
    const endsWhole = (bytes[bytes.length - 1] ?? 0) < 0x80;
    if (this.#characters === undefined && endsWhole) return asBuffer(bytes).toString("utf8");
    this.#characters ??= new StringDecoder("utf8");
    return this.#characters.write(bytes);
  }

  #readText(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      this.#readLine(this.#wholeLine(text, start, end));
      start = end + 1;
    }
    if (start === text.length) return;
    this.#pieces.push(text.slice(start));
    this.#size += text.length - start;
    if (this.#size > eventLimit) throw new AgproxyError("upstream_unreadable");
  }

  #wholeLine(text: string, start: number, end: number): string {
    let line = text.slice(start, end);
    if (this.#size > 0) line = this.#pieces.splice(0).join("") + line;
    this.#size = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }

  #readLine(line: string): void {
    if (line === "") {
      const data = this.#data;
      this.#data = undefined;
      if (data !== undefined) this.#take(data);
    } else if (line.startsWith("data:")) {
      const value = line.slice(line.charCodeAt(5) === space ? 6 : 5);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (!/^(?::|(?:event|id|retry)(?::|$))/.test(line)) this.#stray.push(line);
  }
}

const space = 32;

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
