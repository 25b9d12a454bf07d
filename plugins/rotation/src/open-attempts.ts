import type { Account, Exchange } from "agproxy";

/** How many attempts each account has open. An exchange has one at a time. */
export class OpenAttempts {
  readonly #counts = new WeakMap<Account, number>();
  readonly #held = new WeakMap<Exchange, Account>();

  readonly on = (account: Account): number => this.#counts.get(account) ?? 0;

  /** An attempt begins; the exchange's former one is over. */
  begin(exchange: Exchange, account: Account): void {
    this.end(exchange);
    this.#held.set(exchange, account);
    this.#counts.set(account, this.on(account) + 1);
  }

  /** The exchange's attempt is over. A second call does nothing. */
  end(exchange: Exchange): void {
    const account = this.#held.get(exchange);
    if (account === undefined) return;
    this.#held.delete(exchange);
    this.#counts.set(account, this.on(account) - 1);
  }
}
