import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Account, Candidate } from "./stages.ts";
import { type Standing, standingOf, standingText } from "./standing.ts";

const probeTimeoutMs = 20_000;

/** An account, and how it stands now. */
export interface ProbedAccount {
  readonly label: string;
  readonly upstream: string;
  readonly standing: Standing | "not probed";
  /** The standing with its end and the reason. */
  readonly text: string;
}

/** Asks an account's upstream whether it works. One that is disabled is not asked. */
export async function probe(account: Account): Promise<ProbedAccount> {
  const { label, upstream, disabled } = account;
  const named = { label, upstream: upstream.name };
  if (disabled !== true && upstream.probe === undefined) {
    return { ...named, standing: "not probed", text: "not probed" };
  }
  const candidate = disabled === true ? { account } : await probed(account);
  return { ...named, standing: standingOf(candidate), text: standingText(candidate) };
}

async function probed(account: Account): Promise<Candidate> {
  try {
    await account.upstream.probe?.(account, AbortSignal.timeout(probeTimeoutMs));
    return { account };
  } catch (thrown) {
    const error = AgproxyError.from(thrown);
    const { message, advice, retryAfter } = error;
    const until = retryAfter === undefined ? {} : { until: Date.now() + retryAfter };
    return { account, passedOver: { reason: `${message} ${advice}`, error, ...until } };
  }
}

/** Whether nothing is wrong with an account that somebody would have to see to. */
export function isGood({ standing }: ProbedAccount): boolean {
  return standing === "free" || standing === "disabled" || standing === "not probed";
}
