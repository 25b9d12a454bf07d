import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { FinishedAttempt, Outcome, Summary } from "../hooks/stages.ts";

/** One attempt in plain words. */
export interface AttemptRecord {
  /** The account's label. */
  readonly account: string;
  readonly model: string;
  readonly waitMs: number;
  readonly firstEventMs: number;
  /** The code of its failure, and the failure in words. */
  readonly error?: string;
  readonly reason?: string;
}

/** What became of an exchange as plain values: what the log, the request log and the terminal show. No content, no secret. */
export interface ExchangeRecord {
  readonly id: string;
  readonly address: string;
  /** The caller's name. */
  readonly caller: string;
  readonly protocol: string;
  readonly stream: boolean;
  /** The model that the client named. */
  readonly asked: string;
  /** The model that answered, or failed last. */
  readonly model: string;
  /** The label of the account of the last attempt. */
  readonly account?: string;
  readonly answeredBy?: string;
  readonly outcome: Outcome;
  readonly status: number;
  readonly attempts: number;
  /** Each of them, where one failed. */
  readonly tries?: readonly AttemptRecord[];
  /** Milliseconds, like the next two. Absent where nothing was waited for. */
  readonly waitMs?: number;
  readonly firstEventMs?: number;
  readonly durationMs: number;
  readonly inputTokens?: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
  readonly outputTokens?: number;
  /** The code of the error. */
  readonly error?: string;
  /** The error in words, and what to do about it. */
  readonly reason?: string;
  readonly advice?: string;
  /** What is behind an error about which the client gets only a general text. */
  readonly cause?: string;
}

/** What the line of a request shows. */
export type ShownExchange = Omit<
  ExchangeRecord,
  "id" | "address" | "protocol" | "stream" | "tries"
> & {
  /** When it ended, in milliseconds since the epoch. */
  readonly time: number;
};

/**
 * A summary as plain values, which JSON can carry.
 *
 * @example
 * hooks.done.tap("journal", (summary) => file.appendFile(`${JSON.stringify(exchangeRecord(summary))}\n`));
 */
export function exchangeRecord(summary: Summary): ExchangeRecord {
  const { exchange, attempts, answeredBy, waitMs, firstEventMs, usage, error } = summary;
  const { cachedTokens, reasoningTokens } = usage ?? {};
  const last = attempts.at(-1);
  return {
    id: exchange.incoming.id,
    address: exchange.incoming.remoteAddress,
    caller: exchange.caller.name,
    protocol: exchange.protocol,
    stream: exchange.request.stream,
    asked: exchange.request.model,
    model: summary.model,
    ...(last && { account: last.account.label }),
    ...(answeredBy !== undefined && { answeredBy }),
    outcome: summary.outcome,
    status: summary.status,
    attempts: attempts.length,
    ...(attempts.some((one) => one.error) && { tries: attempts.map(attemptRecord) }),
    ...(waitMs > 0 && { waitMs }),
    ...(firstEventMs !== undefined && { firstEventMs }),
    durationMs: summary.durationMs,
    ...(usage && { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
    ...(cachedTokens !== undefined && { cachedTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
    ...(error && errorFields(error)),
  };
}

function attemptRecord({
  account,
  model,
  waitMs,
  firstEventMs,
  error,
}: FinishedAttempt): AttemptRecord {
  const times = { account: account.label, model, waitMs, firstEventMs };
  return error === undefined ? times : { ...times, error: error.code, reason: error.message };
}

function errorFields(error: AgproxyError) {
  const { code, message: reason, advice } = error;
  const cause = causeOf(error);
  const fields = { error: code, reason, ...(advice !== "" && { advice }) };
  return cause === undefined ? fields : { ...fields, cause };
}

/** Of a defect with its stack. */
function causeOf({ cause, code, type }: AgproxyError): string | undefined {
  if (type !== "server_error" || !(cause instanceof Error)) return undefined;
  return code === "internal_error" || code === "plugin_failed"
    ? (cause.stack ?? cause.message)
    : cause.message;
}
