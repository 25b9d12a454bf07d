import type { FinishedAttempt, Summary } from "@agproxy/core";
import { ROOT_CONTEXT, type SpanContext, SpanKind, trace } from "@opentelemetry/api";
import { exchangeAttributes, requestAttributes, upstreamAttributes } from "./attributes.ts";
import { parentContext } from "./parent-context.ts";
import type { SpanWriter } from "./span-writer.ts";

/**
 * Makes the spans of an exchange once it is over, of the times that core has noted: the request holds the exchange, that each
 * attempt with its wait for an account, and that the call upstream.
 *
 * @param join whether the client's own trace is joined
 */
export function recordExchange(writer: SpanWriter, summary: Summary, join: boolean): void {
  const { exchange, attempts, durationMs, status, outcome, error } = summary;
  const { incoming, request } = exchange;
  const outer = join ? parentContext(incoming.headers) : ROOT_CONTEXT;
  const name = `${incoming.method} ${incoming.path}`;
  const own = writer.begin(outer, name, SpanKind.SERVER);
  // Most traces may be left out, and then nothing of the rest is needed.
  if (own === undefined) return;
  const from = incoming.receivedAt;
  const until = from + durationMs;
  writer.write(own, trace.getSpanContext(outer), {
    name,
    kind: SpanKind.SERVER,
    from,
    until,
    attributes: requestAttributes(summary),
    // An answer under 500 is the client's doing. Source: HTTP spans, section Status.
    error: status >= 500 ? error : undefined,
  });
  const operation = request.embedding === undefined ? "chat" : "embeddings";
  const [first] = attempts;
  const inside = writer.inside(own);
  writer.write(inside, own, {
    name: `${operation} ${request.model}`,
    kind: SpanKind.INTERNAL,
    from: first === undefined ? from : first.startedAt - first.waitMs,
    until,
    attributes: exchangeAttributes(summary, operation),
    error: outcome === "failed" ? error : undefined,
  });
  for (const [index, attempt] of attempts.entries()) {
    recordAttempt(writer, inside, summary, { attempt, number: index + 1, until, operation });
  }
}

interface Try {
  readonly attempt: FinishedAttempt;
  readonly number: number;
  /** The end of the exchange. */
  readonly until: number;
  readonly operation: string;
}

function recordAttempt(
  writer: SpanWriter,
  exchange: SpanContext,
  summary: Summary,
  { attempt, number, until, operation }: Try,
): void {
  const { account, model, startedAt, waitMs, firstEventMs } = attempt;
  // The last one may have failed after its first event; that error is the exchange's.
  const late = summary.outcome === "failed" ? summary.error : undefined;
  const times = { until: attempt.error === undefined ? until : startedAt + firstEventMs };
  const error = attempt.error ?? late;
  const own = writer.inside(exchange);
  writer.write(own, exchange, {
    ...times,
    name: "attempt",
    kind: SpanKind.INTERNAL,
    from: startedAt - waitMs,
    attributes: { "agproxy.attempt": number, "agproxy.account": account.label },
    error,
  });
  writer.write(writer.inside(own), own, {
    ...times,
    name: `${operation} ${model}`,
    kind: SpanKind.CLIENT,
    from: startedAt,
    attributes: upstreamAttributes(summary, attempt, operation),
    error,
  });
}
