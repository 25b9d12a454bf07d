import type { Account } from "@agproxy/core";

/** How many attempts each account has open. */
export class OpenAttempts {
  readonly #counts = new Map<string, number>();

  readonly on = ({ id }: Account): number => this.#counts.get(id) ?? 0;

  begin({ id }: Account): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  end({ id }: Account): void {
    const count = (this.#counts.get(id) ?? 0) - 1;
    if (count > 0) this.#counts.set(id, count);
    else this.#counts.delete(id);
  }
}
