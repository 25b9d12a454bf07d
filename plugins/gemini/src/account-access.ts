import { type Account, accountIds, accountOf, type Upstream } from "@agproxy/core";
import type { GeminiAccount } from "./options.ts";

/** Every plugin sees an `Account`, so its key is kept apart from it. */
export type AccountKeys = WeakMap<Account, string>;

/** Accounts for the pool. Their keys go into `keys` and nowhere else. */
export function poolAccounts(
  name: string,
  given: readonly GeminiAccount[],
  upstream: Upstream,
  keys: AccountKeys,
): readonly Account[] {
  const idOf = accountIds(name);
  return given.map((options, index) => {
    const account = accountOf(options, {
      id: idOf(options.key),
      label: `${name} key ${index + 1}`,
      upstream,
    });
    keys.set(account, options.key);
    return account;
  });
}

/** Reads the key of an account. */
export function keyReader(keys: AccountKeys): (account: Account) => string {
  return (account) => keys.get(account) ?? "";
}

export function keyHeader(key: string): Readonly<Record<string, string>> {
  return { "x-goog-api-key": key };
}

/** The account's proxy, as an outbound request names it. */
export function proxyOf(account: Account): { readonly proxy?: string } {
  return account.proxy === undefined ? {} : { proxy: account.proxy };
}
