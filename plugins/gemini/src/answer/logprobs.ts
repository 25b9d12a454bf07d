import type { TokenLogprob } from "@agproxy/core";
import { fields, list, type AnyFields } from "../shape.ts";

/** Source: https://ai.google.dev/api/generate-content#LogprobsResult */
export function logprobs(result: AnyFields): readonly TokenLogprob[] {
  const alternatives = list(result.topCandidates);
  return list(result.chosenCandidates).map((chosen, index) => ({
    ...tokenLogprob(chosen),
    top: list(fields(alternatives[index])?.candidates).map(tokenLogprob),
  }));
}

function tokenLogprob(value: unknown): { readonly token: string; readonly logprob: number } {
  const { token, logProbability } = fields(value) ?? {};
  return {
    token: typeof token === "string" ? token : "",
    logprob: typeof logProbability === "number" ? logProbability : 0,
  };
}
