import { hash } from "node:crypto";

/** The limit of clients and vendors for the names of tools and the ids of calls. */
const maxNameLength = 64;
const legal = new RegExp(`^[A-Za-z0-9_-]{1,${maxNameLength}}$`);

/**
 * The text itself where it is a legal name, else a legal one that is made of it: the same for the same text, and
 * different for different texts.
 *
 * @example
 * const id = legalName(fields.name("id"));
 */
export function legalName(text: string): string {
  if (legal.test(text)) return text;
  const digest = hash("sha256", text, "base64url").slice(0, 16);
  const beginning = text
    .replaceAll(/[^A-Za-z0-9_-]/g, "_")
    .slice(0, maxNameLength - digest.length - 1);
  return `${beginning}_${digest}`;
}
