import type { Attempt, PassedOver } from "@agproxy/core";
import type { Leases, Place } from "./leases.ts";
import type { Limits } from "./limits.ts";
import { reasonOf } from "./ranking.ts";
import type { AskedModel, Standings } from "./standings.ts";

const takenElsewhere: PassedOver = {
  reason: "was taken by another instance just now",
  isBusy: true,
};

/** Says whether an attempt may begin: here, and where several instances share the accounts, of all of them. */
export class Claims {
  readonly #standings: Standings;
  readonly #limits: Limits;
  readonly #leases: Leases | undefined;
  readonly #now: () => number;

  /** `leases` are there where several instances share the accounts. */
  constructor(standings: Standings, limits: Limits, leases: Leases | undefined, now: () => number) {
    this.#standings = standings;
    this.#limits = limits;
    this.#leases = leases;
    this.#now = now;
  }

  /**
   * Why an attempt may not begin; undefined where it may, and then it tries out what is to be tried. Limits only count one
   * that goes back to its account (`isReturning`). Nobody is asked, and nothing waited for, unless something must be agreed on.
   */
  claim(
    attempt: Attempt,
    asked: AskedModel,
    isReturning: boolean,
  ): PassedOver | undefined | Promise<PassedOver | undefined> {
    const now = this.#now();
    const refusal = isReturning ? undefined : this.#refusal(attempt, asked, now);
    if (refusal !== undefined) return refusal;
    const { account, exchange } = attempt;
    if (this.#leases !== undefined) {
      const trials = this.#standings.trials(account, asked, now);
      const places = trials.concat(this.#limits.places(account, exchange.caller, isReturning, now));
      if (places.length > 0) return this.#claimOfAll(this.#leases, attempt, asked, places);
    }
    this.#begin(attempt, asked, now);
    return undefined;
  }

  #begin(attempt: Attempt, asked: AskedModel, now: number): void {
    this.#standings.began(attempt, asked, now);
    this.#limits.began(attempt.account, now);
  }

  #refusal({ account, exchange }: Attempt, asked: AskedModel, now: number): PassedOver | undefined {
    const standing = this.#standings.of(account, asked, now);
    if (standing.grade === "probing") return reasonOf(standing);
    return this.#limits.obstacle(account, exchange.caller, now);
  }

  async #claimOfAll(
    leases: Leases,
    attempt: Attempt,
    asked: AskedModel,
    places: readonly Place[],
  ): Promise<PassedOver | undefined> {
    // At once, so that of this instance nobody else asks for the same, and its own limits hold where the store fails.
    this.#begin(attempt, asked, this.#now());
    if (await leases.take(attempt, places)) return undefined;
    const now = this.#now();
    this.#standings.ended(attempt, asked, now);
    this.#limits.refused(attempt.account);
    return this.#refusal(attempt, asked, now) ?? takenElsewhere;
  }
}
