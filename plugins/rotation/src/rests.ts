import type { Account, AccountReport, Rest } from "@agproxy/core";
import type { CoolDowns } from "./cool-downs.ts";
import { modelOf } from "./cooling-keys.ts";

/** How an account stands, for those who look on. */
export function reportOf(
  account: Account,
  coolDowns: CoolDowns,
  inFlight: number,
  now: number,
): AccountReport {
  const known = restsOf(account, coolDowns, now);
  const rests = known.filter(({ until }) => until > now);
  const standing = rests.length > 0 ? "resting" : known.length > 0 ? "trying" : "free";
  return { standing, rests, inFlight };
}

/** All that an account rests for, or has rested for without a success since; the quota that it shares with others included. */
function restsOf({ id, quotaGroup }: Account, coolDowns: CoolDowns, now: number): readonly Rest[] {
  const owners = new Set(quotaGroup === undefined ? [id] : [id, quotaGroup]);
  return [...owners].flatMap((owner) =>
    coolDowns.of(owner, now).map(([what, { until, error }]) => {
      const model = modelOf(what);
      const told = { until, error: error.code, reason: error.message };
      return model === undefined ? told : { model, ...told };
    }),
  );
}
