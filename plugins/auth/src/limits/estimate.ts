import type { ChatRequest, Part, Usage } from "@agproxy/core";

/** Of English text; other languages and code have fewer. What a request really took is charged when it is over. */
const charactersPerToken = 4;

/** About what one picture takes. */
const tokensPerMedium = 300;

/** What an answer is taken to need where the client names no limit, and the most that is reserved where it names a large one. */
const plainAnswer = 1024;
const longestReserved = 4096;

/** How many tokens a request will probably take. */
export function estimateUsage({ messages, sampling, embedding }: ChatRequest): Usage {
  let inputTokens = 0;
  for (const { content } of messages) for (const part of content) inputTokens += tokensOf(part);
  inputTokens = Math.ceil(inputTokens);
  const { maxTokens = sampling.maxAnswerTokens ?? plainAnswer, choices = 1 } = sampling;
  const answer = embedding === undefined ? Math.min(maxTokens, longestReserved) : 0;
  const outputTokens = answer * choices;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function tokensOf(part: Part): number {
  switch (part.type) {
    case "media":
      return tokensPerMedium;
    case "tool-call":
      return tokensOfText(part.arguments);
    case "tool-result":
      return part.content.reduce((sum, inner) => sum + tokensOf(inner), 0);
    case "code":
      return tokensOfText(part.code);
    case "code-result":
      return tokensOfText(part.output);
    case "search":
      return 0;
    default:
      return tokensOfText(part.text);
  }
}

/** About how many tokens a text has. */
export function tokensOfText({ length }: Pick<string, "length">): number {
  return length / charactersPerToken;
}
