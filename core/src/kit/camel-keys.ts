import type { JsonObject } from "../vocabulary/chat.ts";

/**
 * An object whose own fields are written in camel case, for APIs that take snake case as well. What is inside of the fields
 * stays as it is.
 *
 * @example camelKeys({ max_output_tokens: 5 }) // { maxOutputTokens: 5 }
 */
export function camelKeys(object: JsonObject): JsonObject {
  const names = Object.keys(object);
  if (!names.some((name) => name.includes("_", 1))) return object;
  return Object.fromEntries(names.map((name) => [camelName(name), object[name]]));
}

/** A name in camel case. */
export function camelName(name: string): string {
  return name.replaceAll(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
