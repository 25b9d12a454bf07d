import { mediaTypeOfContent } from "@agproxy/core";
import { fits } from "@agproxy/core";
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

/** The type that a file's first bytes show, or the one that says nothing. */
export function typeOf(bytes: Buffer): string {
  return mediaTypeOfContent(bytes) ?? "application/octet-stream";
}

/** Throws a `Refusal` for a type that is not taken. */
export function checkType(type: string, types: readonly string[], host: string): void {
  if (types.some((pattern) => fits(pattern.toLowerCase(), type))) return;
  throw new Refusal(`${host} sent ${type.slice(0, 100)}; ${types.join(", ")} are taken.`);
}
