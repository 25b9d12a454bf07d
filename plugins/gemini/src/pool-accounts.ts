import type { Account, Upstream } from "@agproxy/core";
import type { GeminiAccount } from "./options.ts";

/** Accounts for the pool. Their keys go into `keys` and nowhere else. */
export function poolAccounts(
  name: string,
  given: readonly GeminiAccount[],
  upstream: Upstream,
  keys: WeakMap<Account, string>,
): readonly Account[] {
  return given.map(({ key, label, quotaGroup, proxy }, index) => {
    const account: Account = {
      id: `${name}-${index + 1}`,
      label: label ?? `${name} key ${index + 1}`,
      upstream,
      ...(quotaGroup === undefined ? {} : { quotaGroup }),
      ...(proxy === undefined ? {} : { proxy }),
    };
    keys.set(account, key);
    return account;
  });
}
