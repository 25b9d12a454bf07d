import type { Usage } from "../vocabulary/answer.ts";
import type { Core } from "../hooks/plugin.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import { severityOf } from "../errors/severity.ts";
import type { ErrorWire } from "../hooks/protocol.ts";
import type { Exchange, FinishedAttempt, Outcome, Summary } from "../hooks/stages.ts";
import { exchangeRecord } from "./exchange-record.ts";

/** The end of an exchange, before it is summed up. */
export interface Ending {
  readonly attempts: Summary["attempts"];
  readonly waitMs: number;
  readonly answeredBy?: string | undefined;
  readonly usage?: Usage;
  readonly error?: AgproxyError;
  /** Whether the client got the error, in the stream. */
  readonly isTold: boolean;
}

/** Ends an exchange: one log line, and `done`, exactly once. */
export function finish(
  core: Core,
  exchange: Exchange,
  wire: Pick<ErrorWire, "status">,
  ending: Ending,
): void {
  const { attempts, waitMs, answeredBy, usage, error } = ending;
  const last = attempts.at(-1);
  const firstEventMs = firstEventOf(exchange, last);
  const summary: Summary = {
    exchange,
    outcome: outcomeOf(error),
    model: last?.model ?? exchange.model,
    status: error === undefined ? 200 : (wire.status?.(error) ?? error.status),
    attempts,
    waitMs,
    ...(firstEventMs === undefined ? {} : { firstEventMs }),
    ...(answeredBy === undefined ? {} : { answeredBy }),
    ...(error === undefined ? {} : { error }),
    ...(usage === undefined ? {} : { usage }),
    durationMs: Date.now() - exchange.incoming.receivedAt,
  };
  core.log[error === undefined ? "info" : severityOf(error)](exchangeRecord(summary), "exchange");
  core.tallies.note(summary);
  core.hooks.done.call(summary);
}

function firstEventOf(
  { incoming, request }: Exchange,
  last: FinishedAttempt | undefined,
): number | undefined {
  if (!request.stream || last === undefined || last.error !== undefined) return undefined;
  return last.startedAt + last.firstEventMs - incoming.receivedAt;
}

function outcomeOf(error: AgproxyError | undefined): Outcome {
  if (error === undefined) return "ok";
  return error.code === "client_closed_request" ? "aborted" : "failed";
}
