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
function compactionToken(summary: string): string {
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

/** What a model is asked at the end of a conversation that is to be compacted. */
export const summaryPrompt = `The conversation above is about to be replaced by a summary of it that you write now. Whoever goes on with it will have your summary and nothing else.

Write down, as precisely as the conversation allows:
- what the user asked for, in their own words where the words matter, and every preference, limit and correction they gave;
- what was done and found so far: files with their paths, names, commands, results, decisions and their reasons;
- what was tried and did not work;
- what is unfinished, and the next steps.

Do not answer the user, do not call tools, do not add anything that is not in the conversation. Write only the summary.`;

/** How a summary is handed to the model in place of the conversation. */
export function expandedSummary(summary: string): string {
  return `Summary of the conversation up to here, which it replaces:\n\n${summary}`;
}

/** A conversation in short: what a client sends in place of it from now on. */
export interface OutputCompaction {
  readonly type: "compaction";
  readonly id: string;
  readonly encrypted_content: string;
}

/** `seed` is the response's own. */
export function compactionItem(summary: string, seed: string): OutputCompaction {
  return {
    type: "compaction",
    id: `cmp_${seed}_0`,
    encrypted_content: compactionToken(summary),
  };
}
