import type { AccountPool } from "./account-pool.ts";
import type { Account } from "./stages.ts";

/** The accounts of one plugin. */
export interface PluginAccounts {
  /** Those in the pool now. */
  readonly all: readonly Account[];
  /** Adds accounts: the next attempts may choose them. Throws where an id is taken, and then adds none. */
  add(...accounts: readonly Account[]): void;
  /** Removes one. Attempts on it that are under way go on; no other begins. Returns whether there was one. */
  remove(id: string): boolean;
}

/** The accounts that one plugin adds and removes. */
export function accountsOf(plugin: string, pool: AccountPool): PluginAccounts {
  let own: readonly Account[] = [];
  return {
    get all() {
      return own.some(({ standIn }) => standIn) ? own.filter((one) => pool.all.includes(one)) : own;
    },
    add(...more) {
      pool.add(more, plugin);
      own = own.concat(more);
    },
    remove(id) {
      const account = own.find((one) => one.id === id);
      if (account === undefined) return false;
      own = own.filter((one) => one !== account);
      pool.remove(account);
      return true;
    },
  };
}
