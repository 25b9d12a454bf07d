import { fits } from "./pattern.ts";
import { Refusal } from "./refusal.ts";

/** Types that say only that there are bytes; stores of files answer so for whatever they hold. */
const unspecific: ReadonlySet<string> = new Set([
  "application/octet-stream",
  "binary/octet-stream",
]);

/** The type of a `Content-Type` header, without parameters; undefined where it says nothing. */
export function declaredType(header: string | undefined): string | undefined {
  const type = header?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(type)) return undefined;
  return unspecific.has(type) ? undefined : type;
}

/** How files begin, byte by byte in Latin-1. Source: https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF.{4}WEBP/s, "image/webp"],
  [/^.{4}ftyp(?:heic|heix)/s, "image/heic"],
  [/^.{4}ftypM4A /s, "audio/mp4"],
  [/^.{4}ftyp/s, "video/mp4"],
  [/^\x1a\x45\xdf\xa3/, "video/webm"],
  [/^RIFF.{4}WAVE/s, "audio/wav"],
  [/^ID3/, "audio/mpeg"],
  [/^OggS/, "audio/ogg"],
  [/^fLaC/, "audio/flac"],
  [/^%PDF-/, "application/pdf"],
];

/** The type that a file's first bytes show, or the one that says nothing. */
export function typeOf(bytes: Buffer): string {
  const start = bytes.toString("latin1", 0, 16);
  return beginnings.find(([begins]) => begins.test(start))?.[1] ?? "application/octet-stream";
}

/** Throws a `Refusal` for a type that is not taken. */
export function checkType(type: string, types: readonly string[], host: string): void {
  if (types.some((pattern) => fits(pattern.toLowerCase(), type))) return;
  throw new Refusal(`${host} sent ${type.slice(0, 100)}; ${types.join(", ")} are taken.`);
}
