import { textTokens } from "./tokens.ts";
import type { Choice, Part } from "../wire.ts";

/**
 * Made-up log probabilities, one for each piece of text.
 *
 * @param alternatives how many to list for each
 * @param position of the first piece in the answer
 */
export function logprobsOf(
  pieces: readonly Part[],
  alternatives: number,
  position: number,
): Partial<Choice> {
  const tokens = pieces.flatMap(({ text, thought }) => (text && thought !== true ? [text] : []));
  if (tokens.length === 0) return {};
  const chosenCandidates = tokens.map((token, i) => scored(token, position + i, 0));
  const topCandidates = tokens.map((token, i) => ({
    candidates: Array.from({ length: alternatives }, (_, rank) =>
      scored(rank === 0 ? token : ` sandbox${rank}`, position + i, rank),
    ),
  }));
  const sum = chosenCandidates.map(({ logProbability }) => logProbability).reduce((a, b) => a + b);
  return {
    avgLogprobs: sum / tokens.length,
    logprobsResult: alternatives > 0 ? { chosenCandidates, topCandidates } : { chosenCandidates },
  };
}

function scored(token: string, position: number, rank: number) {
  const logProbability = -(1 + (position % 8)) / 64 - rank;
  return { token, tokenId: textTokens(token), logProbability };
}
