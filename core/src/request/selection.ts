import type { Core } from "../hooks/plugin.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Account, Attempt, Candidate, Exchange, PassedOver } from "../hooks/stages.ts";
import { shortageOf } from "./shortage.ts";

/** What an exchange asks for next, and who has failed in it. */
export class Search {
  /** The model as it is asked for, with an account's prefix if it has one. */
  #target: string;
  /** The accounts that failed for it. Usually none, so nothing is made for them. */
  #errors: Map<Account, AgproxyError> | undefined;
  /** The last failure, also for another model. */
  last: AgproxyError | undefined;

  constructor(target: string) {
    this.#target = target;
  }

  get target(): string {
    return this.#target;
  }

  failed(account: Account, error: AgproxyError): void {
    (this.#errors ??= new Map()).set(account, error);
    this.last = error;
  }

  /** Begins again, for another model or after a wait: each account may be asked. */
  restart(target: string): void {
    this.#target = target;
    this.#errors = undefined;
  }

  /** A candidate, marked where its account failed. */
  readonly marked = (candidate: Candidate): Candidate => {
    const error = this.#errors?.get(candidate.account);
    return error === undefined ? candidate : { ...candidate, passedOver: failedNow(error) };
  };

  get hasFailures(): boolean {
    return this.#errors !== undefined;
  }
}

function failedNow(error: AgproxyError): PassedOver {
  const reason = `failed just now: ${error.message}`;
  return error.retryAfter === undefined
    ? { reason, error }
    : { reason, error, until: Date.now() + error.retryAfter };
}

/**
 * The next attempt: on the first candidate that is free and that no plugin refuses. Where there is none, plugins may wait or
 * name another model. Else it throws the last failure, or `pool_exhausted` where that was none or a rate limit.
 */
export async function select(
  core: Core,
  exchange: Exchange,
  number: number,
  search: Search,
): Promise<Attempt> {
  for (;;) {
    const ranked = await rank(core, exchange, search);
    const { model } = core.pool.serving(search.target);
    const claimed = await claim(core, { exchange, model, number }, ranked);
    if (claimed.attempt !== undefined) return claimed.attempt;
    const { refused } = claimed;
    const again =
      refused.length === 0
        ? undefined
        : await core.hooks.awaitAccount.promise(refused, exchange, model);
    if (again === undefined) throw shortageOf(core, exchange.incoming, refused, search);
    search.restart(again === model ? search.target : core.pool.renamed(search.target, again));
  }
}

type Claimed =
  | { readonly attempt: Attempt; readonly refused?: undefined }
  | { readonly attempt?: undefined; readonly refused: readonly Candidate[] };

/** Takes the first free candidate whose attempt no plugin refuses. Without one: all candidates, with the reasons why not. */
async function claim(
  core: Core,
  asking: Pick<Attempt, "exchange" | "model" | "number">,
  ranked: readonly Candidate[],
): Promise<Claimed> {
  const refused: Candidate[] = [];
  for (const candidate of ranked) {
    if (!isFree(candidate)) {
      refused.push(candidate);
      continue;
    }
    const { account } = candidate;
    const attempt = { ...asking, account, startedAt: Date.now() };
    const passedOver = await core.hooks.claimAccount.promise(attempt);
    if (passedOver === undefined) return { attempt };
    refused.push({ account, passedOver });
  }
  return { refused };
}

/** The 429 that ends an exchange, with the time after which some account is free again. */
export async function shortage(
  core: Core,
  exchange: Exchange,
  error: AgproxyError,
  { target }: Search,
): Promise<AgproxyError> {
  const search = new Search(target);
  search.last = error;
  const ranked = await rank(core, exchange, search);
  if (!ranked.some(isFree)) return shortageOf(core, exchange.incoming, ranked, search);
  return new AgproxyError(error.definition, error.message, { cause: error, retryAfter: 1000 });
}

/**
 * Whether a candidate may be selected.
 *
 * @example
 * hooks.selectAccount.tap("mine", (candidates) => candidates.filter(isFree));
 */
export function isFree({ passedOver }: Candidate): boolean {
  return passedOver === undefined;
}

/** The accounts that serve a model as candidates, as the plugins leave them. */
export function rank(
  core: Core,
  exchange: Exchange,
  search: Search,
): readonly Candidate[] | Promise<readonly Candidate[]> {
  const { candidates, model } = core.pool.serving(search.target);
  const marked = search.hasFailures ? candidates.map(search.marked) : candidates.slice();
  return core.hooks.selectAccount.promise(marked, exchange, model);
}
