import { type HookFaces, type KnownQuotas, order, type Upstream } from "@agproxy/core";

/**
 * Notes the quotas that refusals name as used up until the next day or later. Google's good answers tell nothing of what is left,
 * and a quota of the minute is back before anybody has looked. Source: https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function noteSpentQuotas(
  hooks: Pick<HookFaces, "attemptFailed">,
  name: string,
  upstream: Upstream,
  known: KnownQuotas,
): void {
  // First, because the hook ends with the first verdict.
  hooks.attemptFailed.tap({ name, stage: order.first }, ({ error }, { account, model }) => {
    if (account.upstream === upstream && error.code === "quota_exhausted") {
      const learntAt = Date.now();
      const resets =
        error.retryAfter === undefined ? {} : { resetsAt: learntAt + error.retryAfter };
      known.note(account, { models: model, left: 0, ...resets, learntAt });
    }
    return undefined;
  });
}
