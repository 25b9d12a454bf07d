import { StringDecoder } from "node:string_decoder";
import { AgproxyError } from "../errors/agproxy-error.ts";

const lf = 10;
const space = 32;
const byteOrderMark = 0xfeff;

/** A longer event is refused, because it is held in memory until it is whole. */
const maxEventCharacters = 128 * 1024 * 1024;

/**
 * Decodes one stream of server-sent events, read by read.
 *
 * It accepts what vendors send: LF, CRLF and CR, a byte order mark, a last event without its blank line, and text that is no
 * event, such as a bare JSON error after good events. Such text comes last, as one more payload: a strict parser would drop it, and with it
 * the failure (docs/decisions/0001-own-sse-decoder.md).
 *
 * @example
 * const decoder = new SseDecoder((data) => events.push(JSON.parse(data)));
 * for await (const bytes of response.body) decoder.read(bytes);
 * decoder.end();
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseDecoder {
  readonly #take: (data: string) => void;
  /** Made for the first read that ends inside a character; few do. */
  #characters: StringDecoder | undefined;
  /** The beginning of a line whose end has not arrived. Joined once, so that many small reads cost linear time. */
  readonly #pieces: string[] = [];
  /** The characters in `#pieces`. */
  #size = 0;
  #data: string | undefined;
  /** The character that says nothing at the start of the next read: a byte order mark, or the LF of a CRLF that was cut. */
  #skips = byteOrderMark;
  /** Lines that are no event. */
  readonly #stray: string[] = [];

  /** `take` gets the `data` of each whole event, in order. */
  constructor(take: (data: string) => void) {
    this.#take = take;
  }

  /** Decodes the bytes of one read. Throws `upstream_unreadable` for an endless event, and what `take` throws. */
  read(bytes: Uint8Array): void {
    this.#readText(this.#text(bytes));
  }

  /** Decodes what is left at the end of the stream. A second call does nothing. */
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
    if (text === "") return;
    let start = 0;
    if (this.#skips !== 0) {
      if (text.charCodeAt(0) === this.#skips) start = 1;
      this.#skips = 0;
    }
    let cr = text.indexOf("\r", start);
    for (let end = text.indexOf("\n", start); end !== -1; end = text.indexOf("\n", start)) {
      if (cr === -1 || cr > end) this.#readLine(this.#joined(text.slice(start, end)));
      else {
        // All but CRLF is rare.
        if (cr === end - 1) this.#readLine(this.#joined(text.slice(start, cr)));
        else this.#readCrLines(text.slice(start, text[end - 1] === "\r" ? end - 1 : end));
        cr = text.indexOf("\r", end);
      }
      start = end + 1;
    }
    if (cr === -1) this.#keep(text.slice(start));
    else {
      // A line ends at its CR and not with the next read: an event must not wait for the LF that may follow.
      const end = text.lastIndexOf("\r");
      this.#readCrLines(text.slice(start, end));
      this.#keep(text.slice(end + 1));
      if (end === text.length - 1) this.#skips = lf;
    }
  }

  #keep(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size > maxEventCharacters) throw new AgproxyError("upstream_unreadable");
  }

  #joined(line: string): string {
    if (this.#size === 0) return line;
    this.#size = 0;
    return this.#pieces.splice(0).join("") + line;
  }

  #readCrLines(lines: string): void {
    for (const line of this.#joined(lines).split("\r")) this.#readLine(line);
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

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * One event whose data is a single line, such as JSON.
 *
 * @example
 * const frame = sseFrame(JSON.stringify({ text: "hello" }));
 */
export function sseFrame(data: string): string {
  return `data: ${data}\n\n`;
}

/** One event with a name and a single line of data. */
export function namedSseFrame(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

/** The frames in a text that `sseFrame` and `namedSseFrame` wrote, one for each event. */
export function splitSseFrames(text: string): readonly string[] {
  const frames = text.split("\n\n").slice(0, -1);
  return frames.map((frame) => `${frame}\n\n`);
}

/** A comment: clients skip it, and proxies do not close the connection as idle. */
export const ssePing = ": ping\n\n";
