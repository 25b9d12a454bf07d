import { hash } from "node:crypto";

/** A short name for a text, the same wherever it is made. */
function digest(text: string): string {
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

/** Names a text, picture or code of one turn: by what it is, and by how many equal ones came before. */
export function contentKey(content: string, earlier: number): string {
  return earlier === 0 ? digest(content) : `${digest(content)}.${earlier}`;
}

/** Names contents one after the other. */
export function contentKeys(): (content: string) => string {
  const seen = new Map<string, number>();
  return (content) => {
    const earlier = seen.get(content) ?? 0;
    seen.set(content, earlier + 1);
    return contentKey(content, earlier);
  };
}
