import { type Account, accountOf, type Upstream } from "@agproxy/core";
import type { GeminiAccount } from "./options.ts";

/** Every plugin sees an `Account`, so its key is kept apart from it. */
export type AccountKeys = WeakMap<Account, string>;

/** Makes accounts for the pool. Their keys go into `keys` and nowhere else. */
export function accountMaker(
  upstream: Upstream,
  keys: AccountKeys,
): (options: GeminiAccount, id: string, label: string) => Account {
  return ({ key, ...options }, id, label) => {
    const account = accountOf(options, { id, label, upstream });
    keys.set(account, key);
    return account;
  };
}

/** Reads the key of an account. */
export function keyReader(keys: AccountKeys): (account: Account) => string {
  return (account) => keys.get(account) ?? "";
}

export function keyHeader(key: string): Readonly<Record<string, string>> {
  return { "x-goog-api-key": key };
}
