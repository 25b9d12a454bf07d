import type { Usage } from "../vocabulary/answer.ts";
import type { Core } from "../hooks/plugin.ts";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { ErrorWire } from "../hooks/protocol.ts";
import type { Exchange, Outcome, Summary } from "../hooks/stages.ts";

/** The end of an exchange, before it is summed up. */
export interface Ending {
  readonly attempts: Summary["attempts"];
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
  const { attempts, answeredBy, usage, error } = ending;
  const summary: Summary = {
    exchange,
    outcome: outcomeOf(error),
    model: attempts.at(-1)?.model ?? exchange.model,
    status: error === undefined ? 200 : (wire.status?.(error) ?? error.status),
    attempts,
    ...(answeredBy === undefined ? {} : { answeredBy }),
    ...(error === undefined ? {} : { error }),
    ...(usage === undefined ? {} : { usage }),
    durationMs: Date.now() - exchange.incoming.receivedAt,
  };
  core.log.info(line(summary), "exchange");
  core.hooks.done.call(summary);
}

function outcomeOf(error: AgproxyError | undefined): Outcome {
  if (error === undefined) return "ok";
  return error.code === "client_closed_request" ? "aborted" : "failed";
}

/** The log line of an exchange. No content, no secret. */
function line(summary: Summary) {
  const { exchange, outcome, model, status, attempts, answeredBy, error, usage, durationMs } =
    summary;
  const last = attempts.at(-1);
  return {
    id: exchange.incoming.id,
    address: exchange.incoming.remoteAddress,
    caller: exchange.caller.name,
    protocol: exchange.protocol,
    stream: exchange.request.stream,
    asked: exchange.request.model,
    model,
    account: last?.account.label,
    answeredBy,
    outcome,
    status,
    attempts: attempts.length,
    firstEventMs: last?.firstEventMs,
    durationMs,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    error: error?.code,
    reason: error?.message,
    cause: causeOf(error),
  };
}

/** The cause of an error about which the client gets only a general text; of a defect with its stack. */
function causeOf(error: AgproxyError | undefined): string | undefined {
  const cause = error?.cause;
  if (error?.type !== "server_error" || !(cause instanceof Error)) return undefined;
  return error.code === "internal_error" || error.code === "plugin_failed"
    ? (cause.stack ?? cause.message)
    : cause.message;
}
