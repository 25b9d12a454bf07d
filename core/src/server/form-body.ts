import type { IncomingMessage } from "node:http";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Form, FormFile } from "../kit/fields.ts";
import { yieldToEventLoop } from "../kit/event-loop.ts";
import type { Hold } from "../request/caller-loads.ts";
import { readBytes, yieldAboveBytes } from "./body-bytes.ts";
import { typeOf } from "./request-body.ts";

/** Fields and files of a form. No route reads more than a few dozen. */
const maxParts = 1000;

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
