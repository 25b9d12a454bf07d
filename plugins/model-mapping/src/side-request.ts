import type { ChatRequest, Message } from "@agproxy/core";

/** What a client asks beside the conversation itself. */
export type SideRequest = "title" | "tags" | "follow-ups" | "summary" | "token count";

/**
 * How such requests begin, in the words of opencode, Open WebUI, Cherry Studio, LibreChat and Claude Code in 2026. A pattern
 * fits the beginning of an instruction and nothing else, so that a text which only speaks of titles is none.
 */
const beginnings: readonly (readonly [SideRequest, RegExp])[] = [
  [
    "title",
    /^(?:you are a title generator\b|generate a (?:brief |concise,? |short )?(?:[\d-]+ word )?title (?:for this conversation|with an emoji)|summarize the given session as a [\d-]+[- ]word title|provide a concise, [\w-]+ title for the conversation|(?:please )?write a [\d-]+ word title for the following conversation|analyze if this message indicates a new conversation topic)/i,
  ],
  ["title", /^将给定的对话总结为一个\d+字以内的标题/],
  ["tags", /^generate [\d-]+ broad tags categorizing the main themes/i],
  ["follow-ups", /^suggest [\d-]+ relevant follow-up questions/i],
  [
    "summary",
    /^(?:you are a helpful ai assistant tasked with summarizing conversations|summarize this (?:coding )?conversation in (?:under|less than) \d+)/i,
  ],
];

/** No instruction of the list is longer. */
const lookedAt = 200;

/**
 * What a request is for, where it only keeps a client's house; undefined for all others. One with tools never is. The text is
 * looked at and stays as it is.
 */
export function sideRequest({
  messages,
  tools,
  hostedTools,
  embedding,
  modalities,
  sampling,
}: ChatRequest): SideRequest | undefined {
  const isPlain = embedding === undefined && modalities === undefined && hostedTools === undefined;
  if (!isPlain || (tools !== undefined && tools.length > 0)) return undefined;
  // A client that wants one token wants to know how many it sent, or whether it may.
  if (sampling.maxTokens === 1 && messages.length === 1) return "token count";
  const system = messages.find(({ role }) => role === "system" || role === "developer");
  const user = messages.findLast(({ role }) => role === "user");
  for (const message of [system, user]) {
    const text = message === undefined ? "" : beginningOf(message);
    const found = beginnings.find(([, pattern]) => pattern.test(text));
    if (found !== undefined) return found[0];
  }
  return undefined;
}

/** The beginning of a message's first text, without Open WebUI's heading. */
function beginningOf({ content }: Message): string {
  const first = content.find((part) => part.type === "text");
  return (first?.text.slice(0, lookedAt) ?? "").replace(/^\s*(?:### Task:\s*)?/, "");
}
