import { hash } from "node:crypto";

const prefix = "agpc1.";
const checksumLength = 22;

/** What OpenAI's API allows for `encrypted_content` of a compaction item. */
const maxTokenLength = 20 * 1024 * 1024;

/**
 * A summary as the `encrypted_content` of a compaction item. It is protected against damage, not against its client:
 * whoever changes it gains nothing that a user message does not give. So it needs no secret, and survives a restart.
 */
function compactionToken(summary: string): string {
  const body = Buffer.from(summary, "utf8").toString("base64url");
  return `${prefix}${body}.${checksum(body)}`;
}

/** The summary in a token; undefined where it is damaged or another gateway's. */
export function readCompactionToken(token: string): string | undefined {
  if (!token.startsWith(prefix) || token.length > maxTokenLength) return undefined;
  const dot = token.lastIndexOf(".");
  const body = token.slice(prefix.length, dot);
  if (token.slice(dot + 1) !== checksum(body)) return undefined;
  return Buffer.from(body, "base64url").toString("utf8");
}

function checksum(body: string): string {
  return hash("sha256", body, "base64url").slice(0, checksumLength);
}

/** What a model is asked at the end of a conversation that is to be compacted. */
export const summaryPrompt = `The conversation above is about to be replaced by a summary of it that you write now. Whoever goes on with it will have your summary and nothing else.

Write down, as precisely as the conversation allows:
- what the user asked for, in their own words where the words matter, and every preference, limit and correction they gave;
- what was done and found so far: files with their paths, names, commands, results, decisions and their reasons;
- what was tried and did not work;
- what is unfinished, and the next steps.

Do not answer the user, do not call tools, do not add anything that is not in the conversation. Write only the summary.`;

/** What the model reads in place of the conversation. */
export function expandedSummary(summary: string): string {
  return `Summary of the conversation up to here, which it replaces:\n\n${summary}`;
}

/** A conversation in short: the client sends it in place of the conversation from now on. */
export interface OutputCompaction {
  readonly type: "compaction";
  readonly id: string;
  readonly encrypted_content: string;
}

export function compactionItem(summary: string, seed: string): OutputCompaction {
  return {
    type: "compaction",
    id: `cmp_${seed}_0`,
    encrypted_content: compactionToken(summary),
  };
}
