import type { Core } from "../hooks/plugin.ts";
import { poolReport } from "../hooks/pool-report.ts";
import type { ExposedValues } from "../hooks/exposed.ts";
import type { GatewayReport, ReportedAccount } from "../hooks/gateway-view.ts";
import { defined } from "../kit/fields.ts";
import type { AccountTallies } from "../request/account-tallies.ts";

/** Asks the pool and those who know its accounts. */
export function gatewayReport(
  { pool }: Pick<Core, "pool">,
  tallies: AccountTallies,
  exposed: ExposedValues,
): GatewayReport {
  const known = exposed.find(poolReport);
  const accounts = pool.all.map((account): ReportedAccount => {
    const { id, label, upstream, quotaGroup, disabled } = account;
    const { lastError, ...today } = tallies.of(account);
    return {
      id,
      label,
      upstream: upstream.name,
      ...defined({ quotaGroup, disabled }),
      ...known?.of(account),
      today,
      ...(lastError === undefined ? {} : { lastError }),
      quotas: upstream.quotas?.(account) ?? [],
    };
  });
  return { accounts, waiting: known?.waiting() ?? {}, countedSince: tallies.since };
}
