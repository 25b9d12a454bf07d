import type { IncomingMessage } from "node:http";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Hold } from "../request/caller-loads.ts";
import { readBytes, yieldAboveBytes } from "./body-bytes.ts";
import { yieldToEventLoop } from "../kit/event-loop.ts";
import { bodyLimits, JsonBounds } from "../kit/json-bounds.ts";
import { JsonOutline } from "../kit/json-outline.ts";
import { parseLongJson } from "../kit/long-json.ts";

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
