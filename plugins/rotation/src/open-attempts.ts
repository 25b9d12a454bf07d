import type { Account } from "@agproxy/core";

/** Whatever has one attempt open at a time, and the account of that. */
export interface Held {
  held: Account | undefined;
}

/** How many attempts each account has open. */
export class OpenAttempts {
  readonly #counts = new Map<Account, number>();

  readonly on = (account: Account): number => this.#counts.get(account) ?? 0;

  /** An attempt begins; the former one of the same holder is over. */
  begin(holder: Held, account: Account): void {
    this.end(holder);
    holder.held = account;
    this.#counts.set(account, this.on(account) + 1);
  }

  /** The holder's attempt is over. A second call does nothing. */
  end(holder: Held): void {
    const { held } = holder;
    if (held === undefined) return;
    holder.held = undefined;
    this.#counts.set(held, this.on(held) - 1);
  }
}
