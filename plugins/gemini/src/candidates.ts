import { AgproxyError } from "@agproxy/core";
import type { Family } from "./families.ts";

/** What the API takes as `candidateCount`, and how many calls agproxy makes for one request. */
const mostChoices = 8;

/** How several answers are asked for. */
export interface CandidatePlan {
  /** `generationConfig.candidateCount`; absent where a call gives one answer. */
  readonly candidateCount?: number;
  /** How many calls it takes. */
  readonly calls: number;
}

/**
 * One call for all answers where the family allows it, else a call for each. Throws `invalid_request` for more
 * answers than there can be.
 * Source: https://ai.google.dev/api/generate-content#generationconfig
 */
export function candidatePlan(choices: number | undefined, family: Family): CandidatePlan {
  const count = choices ?? 1;
  if (count > mostChoices) {
    throw new AgproxyError("invalid_request", `\`n\` is ${count}, more than ${mostChoices}.`, {
      param: "n",
      advice: `Ask for at most ${mostChoices} answers at a time.`,
    });
  }
  if (count <= 1) return { calls: 1 };
  return count <= (family.candidates ?? 1) ? { candidateCount: count, calls: 1 } : { calls: count };
}
