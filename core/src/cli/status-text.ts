import type { ReportedAccount } from "../hooks/gateway-view.ts";
import type { Quota } from "../hooks/stages.ts";
import { clockText, countText } from "./amounts.ts";
import { table } from "./print.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import { oneLine } from "./terminal.ts";

/** A status for people. `now` is in milliseconds since the epoch. */
export function statusText(status: GatewayStatus, now: number): string {
  const { version, url, pid, startedAt, openRequests, waiting, accounts } = status;
  const waits = Object.entries(waiting).map(([model, count]) => `${count} for ${model}`);
  const rows = accounts.map((account) => rowOf(account));
  return [
    `agproxy ${version} on ${url}, process ${pid}, up ${spanText(now - startedAt)}`,
    `${openRequests} open, ${waits.length === 0 ? "none waits for an account" : `waiting: ${waits.join(", ")}`}`,
    "",
    accounts.length === 0 ? "  no account" : table([heads, ...rows]),
    ...accounts.flatMap((account) => detailsOf(account, now)),
    "",
  ]
    .map((line) => (line.includes("\n") ? line : oneLine(line)))
    .join("\n");
}

const heads = ["account", "upstream", "is", "open", "today", "failed", "in", "out"] as const;

function rowOf({ label, upstream, standing, inFlight, today }: ReportedAccount): readonly string[] {
  return [
    label,
    upstream,
    standing ?? "-",
    String(inFlight ?? "-"),
    countText(today.attempts),
    countText(today.failures),
    countText(today.inputTokens),
    countText(today.outputTokens),
  ];
}

/** So many of each kind are told of one account. */
const maxTold = 5;

function detailsOf(
  { label, rests = [], lastError, quotas }: ReportedAccount,
  now: number,
): readonly string[] {
  const resting = rests.map(
    ({ model, until, reason }) =>
      `  ${label} rests until ${momentText(until, now)}${model === undefined ? "" : ` for ${model}`}: ${reason}`,
  );
  const left = grouped(quotas).map((quota) => `  ${label} has ${quotaText(quota, now)}`);
  const failed =
    lastError === undefined
      ? []
      : [`  ${label} failed last at ${momentText(lastError.at, now)}: ${lastError.reason}`];
  const lines = [...cut(resting), ...failed, ...cut(left)];
  return lines.length === 0 ? [] : ["", ...lines];
}

/** One quota that several models have in common. */
interface QuotaGroup extends Omit<Quota, "models"> {
  readonly models: readonly string[];
}

/** Models of one family are told with the same numbers. */
function grouped(quotas: readonly Quota[]): readonly QuotaGroup[] {
  const groups = Map.groupBy(quotas, ({ limit, left, resetsAt, learntAt }) =>
    [limit, left, resetsAt, learntAt].join(),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, models: group.map(({ models }) => models) }];
  });
}

const maxModelsNamed = 3;

function quotaText({ models, limit, left, resetsAt, learntAt }: QuotaGroup, now: number): string {
  const more = models.length - maxModelsNamed;
  const names = `${models.slice(0, maxModelsNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const counted = limit === undefined ? "" : `the ${limit} of `;
  const reset = resetsAt === undefined ? "" : `, all of it at ${momentText(resetsAt, now)}`;
  // Rounded down: 0 % must mean that nothing is left, and nearly nothing is 1 %.
  const percent = left === 0 ? 0 : Math.max(1, Math.floor(left * 100));
  return `${percent} % of ${counted}${names} left${reset}, as told at ${momentText(learntAt, now)}`;
}

function cut(lines: readonly string[]): readonly string[] {
  const more = lines.length - maxTold;
  return more <= 0 ? lines : [...lines.slice(0, maxTold), `  and ${more} more`];
}

/** A moment by the clock of this machine, with its date where that is another day. */
function momentText(time: number, now: number): string {
  const clock = clockText(time);
  if (dayOf(time) === dayOf(now)) return clock;
  const date = new Date(time);
  const [month, ofMonth] = [date.getMonth() + 1, date.getDate()].map((n) =>
    String(n).padStart(2, "0"),
  );
  return `${date.getFullYear()}-${month}-${ofMonth} ${clock}`;
}

function dayOf(time: number): string {
  return new Date(time).toDateString();
}

/** A span in its two largest units. */
function spanText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
