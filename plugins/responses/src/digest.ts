import { hash } from "node:crypto";

/** A short name for a text, the same wherever it is made. */
export function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 16);
}

/** The longest name of a tool or a call that clients and vendors take. */
const longest = 64;

/**
 * The text itself where it is a legal name (at most 64 of `[A-Za-z0-9_-]`), else a legal one in its place:
 * the same for the same text, another for another.
 */
export function legalName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  const mark = digest(text);
  return `${text.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, longest - mark.length - 1)}_${mark}`;
}
