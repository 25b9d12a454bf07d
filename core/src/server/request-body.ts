import type { IncomingMessage } from "node:http";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Hold } from "../request/caller-loads.ts";
import { joinedBytes } from "../kit/joined-bytes.ts";
import { yieldToEventLoop } from "../kit/event-loop.ts";
import { bodyLimits, JsonBounds } from "../kit/json-bounds.ts";
import { JsonOutline } from "../kit/json-outline.ts";
import { parseLongJson } from "../kit/long-json.ts";

/** Reading a larger body takes milliseconds, so the event loop gets a turn between the steps. */
export const yieldAboveBytes = 1024 * 1024;

/** The values of a smaller body are not counted. */
const countedFromBytes = 64 * 1024;

/** What a value takes in memory beside its bytes, in the request, the chat and what is sent, roughly. */
const bytesPerValue = 200;

/** A small body is taken for one of the smallest values there are: counting them is not worth its time. */
const memoryPerByte = 16;

/** Some milliseconds of work, where it is structure and not text. */
const checkedSliceBytes = 512 * 1024;

/** Reads a request body as JSON. Throws `body_too_large`, `invalid_json`, `unsupported_media_type`. */
export async function readJson(
  message: IncomingMessage,
  limitBytes: number,
  hold: Hold = () => {},
): Promise<unknown> {
  if (/^multipart\//i.test(typeOf(message))) throw new AgproxyError("unsupported_media_type");
  return parseJson(await readBytes(message, limitBytes, hold), hold);
}

/**
 * A client's JSON as a value, however large, without a long pause of the event loop. Throws `invalid_json`, and
 * `invalid_request` where it has more of something than can be parsed quickly.
 *
 * @example
 * const value = await parseJson(Buffer.from(text));
 */
export async function parseJson(bytes: Buffer, hold: Hold = () => {}): Promise<unknown> {
  const { byteLength } = bytes;
  const outline = byteLength > yieldAboveBytes ? new JsonOutline() : undefined;
  const held = hold(
    byteLength >= countedFromBytes
      ? (await valuesIn(bytes, outline)) * bytesPerValue
      : byteLength * memoryPerByte,
  );
  // Not awaited where nothing has to wait: that would be a turn for each request.
  if (held !== undefined) await held;
  if (outline !== undefined) return parseLongJson(bytes, outline);
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // Not with a cause, which is logged: V8's message quotes the body.
    throw new AgproxyError("invalid_json", invalidJson(text, thrown));
  }
}

/** As Latin-1, in which the bytes of JSON's own characters are themselves, and no byte needs decoding. */
async function valuesIn(bytes: Buffer, outline: JsonOutline | undefined): Promise<number> {
  const bounds = new JsonBounds(bodyLimits, outline);
  for (let at = 0; at < bytes.byteLength; at += checkedSliceBytes) {
    bounds.read(bytes.toString("latin1", at, at + checkedSliceBytes));
    if (outline !== undefined) await yieldToEventLoop();
  }
  return bounds.values;
}

export function typeOf(message: IncomingMessage): string {
  return message.headers["content-type"] ?? "";
}

/** Says where the mistake is and quotes nothing, as the text may be private. */
function invalidJson(text: string, thrown: unknown): string {
  if (text === "") return "The request body is empty.";
  const position = /position (\d+)/.exec(String(thrown))?.[1];
  const where = position === undefined ? "" : ` (at character ${position} of ${text.length})`;
  return `The request body is not valid JSON${where}.`;
}

/** Memory is counted in steps: the bodies of most requests take one. */
const heldStepBytes = 64 * 1024;

/** Reads a request body. Throws `body_too_large`, `unsupported_media_type`, and what `hold` throws. */
export async function readBytes(
  message: IncomingMessage,
  limitBytes: number,
  hold: Hold,
): Promise<Buffer> {
  refuseCompressed(message);
  const declared = Number(message.headers["content-length"] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const body = new Body(message, limitBytes, hold);
  // A client that leaves in the middle of its body is no failure of agproxy.
  await new Promise<void>((resolve, reject) => {
    message.on("data", (bytes: Buffer) => body.take(bytes, reject));
    message.on("error", () => reject(new AgproxyError("client_closed_request")));
    message.on("end", resolve);
  });
  return body.bytes();
}

function refuseCompressed({ headers }: IncomingMessage): void {
  const encoding = headers["content-encoding"]?.trim() ?? "";
  if (/^(identity)?$/i.test(encoding)) return;
  throw new AgproxyError(
    "unsupported_media_type",
    `The request body is compressed with ${encoding}, which agproxy does not read.`,
    { advice: "Send it without Content-Encoding." },
  );
}

/** A body under way. */
class Body {
  readonly #message: IncomingMessage;
  readonly #limitBytes: number;
  readonly #hold: Hold;
  readonly #reads: Buffer[] = [];
  #size = 0;
  #held = 0;
  #isRefused = false;

  constructor(message: IncomingMessage, limitBytes: number, hold: Hold) {
    this.#message = message;
    this.#limitBytes = limitBytes;
    this.#hold = hold;
  }

  take(bytes: Buffer, reject: (thrown: unknown) => void): void {
    if (this.#isRefused) return;
    // The rest is read and dropped: closing the connection now would reset it before the client has read the error.
    const refuse = (thrown: unknown) => {
      this.#isRefused = true;
      this.#reads.length = 0;
      this.#message.resume();
      reject(thrown);
    };
    this.#size += bytes.byteLength;
    if (this.#size > this.#limitBytes) return refuse(tooLarge(this.#limitBytes));
    this.#reads.push(bytes);
    if (this.#size > this.#held) this.#holdMore(refuse);
  }

  #holdMore(refuse: (thrown: unknown) => void): void {
    const bytes = Math.max(heldStepBytes, this.#size - this.#held);
    this.#held += bytes;
    try {
      const waiting = this.#hold(bytes);
      if (waiting === undefined) return;
      this.#message.pause();
      waiting.then(() => this.#message.resume(), refuse);
    } catch (thrown) {
      refuse(thrown);
    }
  }

  /** Taken out of the list: the listeners hold it until the answer is over, and would hold the body with it. */
  bytes(): Buffer | Promise<Buffer> {
    const all = this.#reads.splice(0);
    if (this.#size > yieldAboveBytes) return joinedBytes(all);
    return all.length === 1 ? all[0]! : Buffer.concat(all);
  }
}

function tooLarge(limitBytes: number): AgproxyError {
  return new AgproxyError("body_too_large", `The request body is larger than ${limitBytes} bytes.`);
}
