import type { Holding, HttpResponse, MediaPart, SideCalls } from "@agproxy/core";
import { checkType, declaredType, typeOf } from "./media-type.ts";
import type { Settings } from "./options.ts";
import { Refusal } from "./refusal.ts";
import { admit } from "./target.ts";

interface Errand {
  readonly url: string;
  readonly settings: Settings;
  readonly fetched: Fetched;
  readonly signal: AbortSignal;
}

const maxRedirects = 3;

/**
 * Reads a link. Follows redirects itself, because each target must be checked like a link of the request. Throws a `Refusal`, or what the HTTP client throws.
 */
export async function fetchMedium(calls: SideCalls, errand: Errand): Promise<Medium> {
  const { settings, signal } = errand;
  let url = admit(errand.url, settings);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await calls.send({
      method: "GET",
      url: url.href,
      headers: { "accept-encoding": "identity" },
      signal,
      publicOnly: true,
    });
    const next = redirection(answer, url);
    if (next === undefined) return readMedium(answer, url.host, errand);
    if (redirects === maxRedirects) {
      throw new Refusal(`${url.host} redirects more than ${maxRedirects} times.`);
    }
    url = admit(next, settings);
  }
}

/** Source: RFC 9110, section 15.4. */
function redirection({ status, headers }: HttpResponse, from: URL): string | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (URL.canParse(location, from.href)) return new URL(location, from).href;
  throw new Refusal(`${from.host} redirects to an invalid URL.`);
}

async function readMedium(answer: HttpResponse, host: string, errand: Errand): Promise<Medium> {
  const { status, headers } = answer;
  if (status !== 200) throw new Refusal(`${host} answered ${status}.`);
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    throw new Refusal(`${host} sent it compressed.`);
  }
  const { types, maxBytes } = errand.settings;
  const declared = declaredType(headers["content-type"]);
  // A file of an unwanted type is refused before its body is read.
  if (declared !== undefined) checkType(declared, types, host);
  if (Number(headers["content-length"]) > maxBytes) throw tooLarge(host, maxBytes);
  const bytes = await readBytes(answer, host, errand);
  const mimeType = declared ?? typeOf(bytes);
  checkType(mimeType, types, host);
  return { mimeType, data: bytes.toString("base64") };
}

async function readBytes(answer: HttpResponse, host: string, errand: Errand): Promise<Buffer> {
  const { fetched, settings } = errand;
  const reads: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of answer.body) {
    reads.push(bytes);
    size += bytes.byteLength;
    fetched.bytes += bytes.byteLength;
    fetched.holding.add(bytes.byteLength);
    if (size > settings.maxBytes) throw tooLarge(host, settings.maxBytes);
    if (fetched.bytes > settings.maxTotalBytes) {
      throw new Refusal(`with it the files are over ${settings.maxTotalBytes} bytes.`);
    }
  }
  if (size === 0) throw new Refusal(`${host} sent an empty file.`);
  return Buffer.concat(reads, size);
}

function tooLarge(host: string, limit: number): Refusal {
  return new Refusal(`the file of ${host} is over ${limit} bytes.`);
}

/** A part whose content is elsewhere on the web. */
export interface Link {
  readonly url: string;
  /** Where it stands in the request. */
  readonly param: string;
  readonly media: MediaPart["media"];
}

/** The content of a link. */
export interface Medium {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/** What was fetched for one exchange. */
export interface Fetched {
  readonly media: Map<string, Medium>;
  /** Size of all of it, and of what is on its way. */
  bytes: number;
  /** The same, as a part of what all requests hold. */
  readonly holding: Holding;
}
