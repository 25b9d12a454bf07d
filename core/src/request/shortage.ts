import type { Core } from "../hooks/plugin.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { isLoopback } from "../hooks/server-settings.ts";
import type { Candidate, Incoming } from "../hooks/stages.ts";
import { firstRecovery, standingOf } from "../hooks/standing.ts";

/** Clients show a list of reasons to people; a pool may have hundreds of accounts. */
const maxListed = 10;

/** What was searched for, and what failed last. */
interface Sought {
  readonly target: string;
  readonly last: AgproxyError | undefined;
}

/**
 * The error of an exchange that no account can take: what failed, where that was no rate limit, and else `pool_exhausted`
 * with the reasons. `retryAfter` is the time until the first account recovers.
 */
export function shortageOf(
  core: Core,
  incoming: Incoming,
  candidates: readonly Candidate[],
  { target, last }: Sought,
): AgproxyError {
  if (candidates.length === 0) return last ?? nobody(core, target);
  const enabled = candidates.filter(({ account }) => account.disabled !== true);
  if (enabled.length === 0) return last ?? allDisabled();
  const recovery = firstRecovery(enabled);
  const retryAfter = recovery === undefined ? undefined : Math.max(0, recovery - Date.now());
  const failure = isRateLimit(last) ? commonFailure(enabled) : last;
  if (failure !== undefined) return failure.status === 503 ? timed(failure, retryAfter) : failure;
  const isNamed = core.server.accountHeader && isLoopback(incoming.remoteAddress);
  return new AgproxyError("pool_exhausted", undefined, {
    details: { accounts: listed(candidates, isNamed), account_count: candidates.length },
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** Where there are accounts and none is for the model, the request is wrong and not the gateway. */
function nobody({ pool }: Core, target: string): AgproxyError {
  if (pool.all.length === 0 || pool.serving(target).candidates.length > 0) {
    return new AgproxyError("no_account");
  }
  return new AgproxyError("model_not_found", `No account serves the model "${target}".`, {
    advice: "`models`, `exclude` and `prefix` of the accounts in the config say who serves what.",
  });
}

function allDisabled(): AgproxyError {
  return new AgproxyError("no_account", "Every account that could serve it is disabled.", {
    advice: "`agproxy accounts enable LABEL` takes one in again.",
  });
}

function isRateLimit(error: AgproxyError | undefined): boolean {
  return error === undefined || error.status === 429;
}

/** The failure of the account that recovers first, where all accounts failed and none for a rate limit. */
function commonFailure(candidates: readonly Candidate[]): AgproxyError | undefined {
  let common: Candidate["passedOver"];
  for (const { passedOver } of candidates) {
    if (isRateLimit(passedOver?.error)) return undefined;
    if (common === undefined || (passedOver?.until ?? Infinity) < (common.until ?? Infinity)) {
      common = passedOver;
    }
  }
  return common?.error;
}

function timed(error: AgproxyError, retryAfter: number | undefined): AgproxyError {
  const { definition, message, status, advice, param, details, cause } = error;
  return new AgproxyError(definition, message, {
    status,
    advice,
    cause,
    ...(param === undefined ? {} : { param }),
    ...(details === undefined ? {} : { details }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** Names of accounts are for those who run the gateway, not for others on the network. */
function listed(candidates: readonly Candidate[], isNamed: boolean) {
  const now = Date.now();
  return candidates.slice(0, maxListed).map((candidate, index) => {
    const { account, passedOver } = candidate;
    return {
      account: isNamed ? account.label : `account ${index + 1}`,
      standing: standingOf(candidate),
      reason: passedOver?.reason,
      ...(passedOver?.until === undefined
        ? {}
        : { retry_after_seconds: Math.ceil((passedOver.until - now) / 1000) }),
    };
  });
}
