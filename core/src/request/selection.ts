import type { Core } from "../hooks/plugin.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Account, Attempt, Candidate } from "../hooks/stages.ts";

/**
 * The first candidate that is free. Without one it throws `lastFailure`, or `pool_exhausted` with the reasons where there
 * was no failure, or only a rate limit of one among others.
 */
export function select(
  core: Core,
  ranked: readonly Candidate[],
  model: string,
  lastFailure?: AgproxyError,
): Account {
  const chosen = ranked.find(isFree);
  if (chosen !== undefined) return chosen.account;
  if (lastFailure !== undefined && (lastFailure.status !== 429 || ranked.length === 0)) {
    throw lastFailure;
  }
  throw exhausted(core, ranked, model);
}

/** The 429 that ends an exchange, with the time after which some account is free again. */
export async function shortage(
  core: Core,
  { exchange, model }: Asking,
  error: AgproxyError,
): Promise<AgproxyError> {
  const ranked = await rank(core, { exchange, model });
  if (!ranked.some(isFree)) return exhausted(core, ranked, model);
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

/** An exchange, and the model that it asks for next, with an account's prefix if it has one. */
export type Asking = Pick<Attempt, "exchange" | "model">;

/** The accounts that serve a model as candidates, as the plugins leave them. `spent` are those that failed for it. */
export function rank(
  core: Core,
  { exchange, model }: Asking,
  spent?: ReadonlyMap<Account, AgproxyError>,
): readonly Candidate[] | Promise<readonly Candidate[]> {
  const { selectAccount } = core.hooks;
  const serving = core.pool.serving(model);
  const candidates =
    spent === undefined || spent.size === 0
      ? serving.candidates.slice()
      : serving.candidates.map((candidate) => marked(candidate, spent));
  return selectAccount.promise(candidates, exchange, serving.model);
}

/** Nobody is left. Where there are accounts and none is for the model, the request is wrong and not the gateway. */
function nobody({ pool }: Core, model: string): AgproxyError {
  if (pool.all.length === 0 || pool.serving(model).candidates.length > 0) {
    return new AgproxyError("no_account");
  }
  return new AgproxyError("model_not_found", `No account serves the model "${model}".`, {
    advice: "`models`, `exclude` and `prefix` of the accounts in the config say who serves what.",
  });
}

function marked(candidate: Candidate, spent: ReadonlyMap<Account, AgproxyError>): Candidate {
  const error = spent.get(candidate.account);
  return error === undefined ? candidate : { ...candidate, passedOver: failed(error) };
}

function failed(error: AgproxyError): NonNullable<Candidate["passedOver"]> {
  const reason = `failed just now: ${error.message}`;
  return error.retryAfter === undefined
    ? { reason }
    : { reason, until: Date.now() + error.retryAfter };
}

function exhausted(core: Core, ranked: readonly Candidate[], model: string): AgproxyError {
  if (ranked.length === 0) return nobody(core, model);
  const now = Date.now();
  const times = ranked.flatMap(({ passedOver }) => passedOver?.until ?? []);
  const retryAfter = times.length === 0 ? undefined : Math.max(0, Math.min(...times) - now);
  const accounts = ranked.map(({ account, passedOver }, index) => ({
    account: core.server.accountHeader ? account.label : `account ${index + 1}`,
    reason: passedOver?.reason,
    ...(passedOver?.until === undefined
      ? {}
      : { retry_after_seconds: Math.ceil((passedOver.until - now) / 1000) }),
  }));
  return new AgproxyError("pool_exhausted", undefined, {
    details: { accounts },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
