import { isMarked } from "@agproxy/core";

/**
 * Signatures are bytes on this wire, written in base64, and some clients decode them. Google's own are base64 as they are; what
 * another upstream signed has a mark in front of it, and is encoded once more.
 */
export function wireSignature(signature: string): string {
  return isMarked(signature) ? Buffer.from(signature).toString("base64") : signature;
}

/** A signature as it came to the client. Clients may write base64 in either alphabet. */
export function readSignature(field: string | undefined): string | undefined {
  if (field === undefined || field === "") return undefined;
  if (!field.startsWith(encodedMark)) return field;
  const decoded = Buffer.from(field, "base64").toString();
  return isMarked(decoded) ? decoded : field;
}

/** How the mark begins in base64. */
const encodedMark = Buffer.from("ag1").toString("base64");
