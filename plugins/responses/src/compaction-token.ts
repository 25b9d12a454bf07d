import { hash } from "node:crypto";

const prefix = "agpc1.";
const checkLength = 22;

/** What OpenAI's API allows for `encrypted_content` of a compaction item. */
const longest = 20 * 1024 * 1024;

/**
 * A summary as the `encrypted_content` of a compaction item. It is guarded against damage and not against its
 * owner: a client may write into its own conversation what it likes, and gets no more power over it here than
 * a user message has. So it needs no secret, and outlives a restart.
 */
export function compactionToken(summary: string): string {
  const body = Buffer.from(summary, "utf8").toString("base64url");
  return `${prefix}${body}.${check(body)}`;
}

/** The summary in a token; nothing for one that is not agproxy's, or is damaged. */
export function readCompactionToken(token: string): string | undefined {
  if (!token.startsWith(prefix) || token.length > longest) return undefined;
  const dot = token.lastIndexOf(".");
  const body = token.slice(prefix.length, dot);
  if (token.slice(dot + 1) !== check(body)) return undefined;
  return Buffer.from(body, "base64url").toString("utf8");
}

function check(body: string): string {
  return hash("sha256", body, "base64url").slice(0, checkLength);
}
