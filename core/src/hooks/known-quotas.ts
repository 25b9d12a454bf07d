import type { Account, Quota } from "./stages.ts";

/** Of one account. Clients choose the names of models. */
const maxQuotas = 200;

/** What was told longer ago says nothing any more. */
const toldForMs = 24 * 60 * 60_000;

/**
 * What an upstream was told of what is left of its accounts, for its `quotas`. It asks nobody: at the time at which all of a quota
 * was to be there again, all of it is left. A day later it is forgotten.
 *
 * @example
 * const known = new KnownQuotas();
 * known.note(account, { models: "small-1", left: 0.4, learntAt: Date.now() });
 * const knowing: Upstream = { ...upstream, quotas: (account) => known.of(account) };
 */
export class KnownQuotas {
  readonly #quotas = new WeakMap<Account, Map<string, Quota>>();

  /** Takes the place of what was told of the same models and the same limit. */
  note(account: Account, quota: Quota): void {
    let own = this.#quotas.get(account);
    if (own === undefined) this.#quotas.set(account, (own = new Map()));
    const key = `${quota.models}\n${quota.limit ?? ""}`;
    if (own.size >= maxQuotas && !own.has(key)) {
      const [oldest = key] = own.keys();
      own.delete(oldest);
    }
    own.set(key, quota);
  }

  of(account: Account): readonly Quota[] {
    const own = this.#quotas.get(account);
    if (own === undefined) return [];
    const now = Date.now();
    for (const [key, { resetsAt, learntAt }] of own) {
      if (Math.max(learntAt, resetsAt ?? 0) + toldForMs <= now) own.delete(key);
    }
    return [...own.values()].map((quota) => afterReset(quota, now));
  }
}

function afterReset({ resetsAt, ...quota }: Quota, now: number): Quota {
  if (resetsAt === undefined) return quota;
  return resetsAt > now ? { ...quota, resetsAt } : { ...quota, left: 1 };
}
