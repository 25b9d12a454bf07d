import { duration, type PluginCommandLine } from "@agproxy/core";
import type { LogFilter } from "../log-reader.ts";

/** A command line that cannot be carried out. Its message says what could be. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

const outcomes = ["ok", "failed", "aborted"];

/** The filter that options mean. `now` is in milliseconds since the epoch. Throws a `Misuse`. */
export function filterOf(options: PluginCommandLine["options"], now: number): LogFilter {
  const { model, account, caller, outcome, since } = options;
  if (outcome !== undefined && !outcomes.includes(String(outcome))) {
    throw new Misuse(`--outcome must be one of ${outcomes.join(", ")}.`);
  }
  return {
    model: text(model),
    account: text(account),
    caller: text(caller),
    outcome: text(outcome),
    since: since === undefined ? undefined : moment(String(since), now),
  };
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `90m`, `12h`, `7d`, or a date, with a time or without. */
function moment(since: string, now: number): number {
  const days = /^(?<days>\d{1,5})d$/.exec(since)?.groups?.["days"];
  const span = days === undefined ? duration(since) : Number(days) * 86_400_000;
  if (span !== undefined) return now - span;
  // A date without a time is a day of this machine.
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(since) ? `${since}T00:00` : since);
  if (!Number.isNaN(time)) return time;
  throw new Misuse("--since must be a span such as 90m, 12h or 7d, or a date such as 2026-11-28.");
}

/** Runs a command; a misuse is exit code 2. */
export async function misusable(
  name: string,
  { warn }: PluginCommandLine,
  run: () => number | Promise<number>,
): Promise<number> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof Misuse)) throw thrown;
    warn(`agproxy ${name}: ${thrown.message}\n`);
    return 2;
  }
}
