import type { Core } from "../hooks/plugin.ts";
import { type AccountReport, poolReport } from "../hooks/pool-report.ts";
import type { ExposedValues } from "../hooks/exposed.ts";
import type { Quota } from "../hooks/stages.ts";
import type { AccountTallies, AccountTally } from "../request/account-tallies.ts";

/** One account for `agproxy status`. */
export interface ReportedAccount extends Partial<AccountReport> {
  readonly id: string;
  readonly label: string;
  readonly upstream: string;
  readonly quotaGroup?: string;
  readonly today: Omit<AccountTally, "lastError">;
  readonly lastError?: AccountTally["lastError"];
  /** What the upstream told of what is left. */
  readonly quotas: readonly Quota[];
}

/** What a gateway knows of itself at one moment. */
export interface GatewayReport {
  readonly accounts: readonly ReportedAccount[];
  /** How many requests wait for an account, by model. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Since when `today` counts, in milliseconds since the epoch. */
  readonly countedSince: number;
}

/** Asks the pool and those who know its accounts. */
export function gatewayReport(
  { pool }: Pick<Core, "pool">,
  tallies: AccountTallies,
  exposed: ExposedValues,
): GatewayReport {
  const known = exposed.find(poolReport);
  const accounts = pool.all.map((account): ReportedAccount => {
    const { id, label, upstream, quotaGroup } = account;
    const { lastError, ...today } = tallies.of(account);
    return {
      id,
      label,
      upstream: upstream.name,
      ...(quotaGroup === undefined ? {} : { quotaGroup }),
      ...known?.of(account),
      today,
      ...(lastError === undefined ? {} : { lastError }),
      quotas: upstream.quotas?.(account) ?? [],
    };
  });
  return { accounts, waiting: known?.waiting() ?? {}, countedSince: tallies.since };
}
