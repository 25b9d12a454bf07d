import type { IncomingMessage } from "node:http";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Hold } from "../request/caller-loads.ts";
import { readBytes } from "./body-bytes.ts";
import type { Form, FormFile } from "../kit/fields.ts";
import { yieldToEventLoop } from "../kit/json-body.ts";
import { JsonBounds } from "../kit/json-bounds.ts";

/** Reading a larger body takes milliseconds, so the event loop gets a turn between the steps. */
const yieldAboveBytes = 1024 * 1024;

/** What a value takes in memory beside its bytes, in the request, the chat and what is sent, roughly. */
const bytesPerValue = 100;

/** Some milliseconds of work. */
const checkedSliceBytes = 2 * 1024 * 1024;

/** Fields and files of a form. No route reads more than a few dozen. */
const maxParts = 1000;

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
  const isLarge = bytes.byteLength > yieldAboveBytes;
  if (isLarge) await hold((await valuesIn(bytes)) * bytesPerValue);
  const text = bytes.toString("utf8");
  if (isLarge) await yieldToEventLoop();
  try {
    const value: unknown = JSON.parse(text);
    if (isLarge) await yieldToEventLoop();
    return value;
  } catch (thrown) {
    // Not with a cause, which is logged: V8's message quotes the body.
    throw new AgproxyError("invalid_json", invalidJson(text, thrown));
  }
}

/** As Latin-1, in which the bytes of JSON's own characters are themselves, and no byte needs decoding. */
async function valuesIn(bytes: Buffer): Promise<number> {
  const bounds = new JsonBounds();
  for (let at = 0; at < bytes.byteLength; at += checkedSliceBytes) {
    bounds.read(bytes.toString("latin1", at, at + checkedSliceBytes));
    await yieldToEventLoop();
  }
  return bounds.values;
}

/** Reads a request body as a form. Throws `body_too_large`, `invalid_request`, `unsupported_media_type`. */
export async function readForm(
  message: IncomingMessage,
  limitBytes: number,
  hold: Hold = () => {},
): Promise<Form> {
  const type = typeOf(message);
  if (!/^multipart\/form-data\b/i.test(type)) {
    throw new AgproxyError("unsupported_media_type", "The request body must be a form.", {
      advice: "Send it as multipart/form-data.",
    });
  }
  const read = await readBytes(message, limitBytes, hold);
  refuseManyParts(read, type);
  const bytes = new Uint8Array(read);
  const form = await new Response(bytes, { headers: { "content-type": type } })
    .formData()
    .catch((thrown: unknown) => {
      throw new AgproxyError("invalid_request", "The request body is no valid multipart form.", {
        cause: thrown,
      });
    });
  return plainForm(form);
}

/** Before it is parsed, which happens in one piece: fifty thousand parts would hold up everything else. */
function refuseManyParts(bytes: Buffer, type: string): void {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(type) ?? [];
  const delimiter = Buffer.from(`--${quoted ?? bare ?? ""}`);
  let parts = 0;
  for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, at + 1)) {
    parts += 1;
    if (parts <= maxParts + 1) continue;
    throw new AgproxyError("invalid_request", `The form has more than ${maxParts} parts.`, {
      advice: "Send fewer fields and files.",
    });
  }
}

async function plainForm(form: FormData): Promise<Form> {
  const fields = new Map<string, string[]>();
  const files: FormFile[] = [];
  for (const [field, value] of form) {
    if (typeof value !== "string") files.push(await plainFile(field, value));
    else if (fields.get(field)?.push(value) === undefined) fields.set(field, [value]);
  }
  return { fields, files };
}

async function plainFile(field: string, file: File): Promise<FormFile> {
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.byteLength > yieldAboveBytes) await yieldToEventLoop();
  const data = bytes.toString("base64");
  return { field, filename: file.name, mimeType: file.type, data };
}

function typeOf(message: IncomingMessage): string {
  return message.headers["content-type"] ?? "";
}

/** Says where the mistake is and quotes nothing, as the text may be private. */
function invalidJson(text: string, thrown: unknown): string {
  if (text === "") return "The request body is empty.";
  const position = /position (\d+)/.exec(String(thrown))?.[1];
  const where = position === undefined ? "" : ` (at character ${position} of ${text.length})`;
  return `The request body is not valid JSON${where}.`;
}
