import type { AgproxyError, FinishedAttempt, Summary } from "@agproxy/core";
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { exchangeAttributes, requestAttributes, upstreamAttributes } from "./attributes.ts";
import { parentContext } from "./parent-context.ts";

/** A part of an exchange that is over. Times are in milliseconds since the epoch. */
interface Part {
  readonly name: string;
  readonly kind: SpanKind;
  readonly from: number;
  readonly until: number;
  readonly attributes: Attributes;
  readonly error?: AgproxyError | undefined;
}

/**
 * Makes the spans of an exchange once it is over, of the times that core has noted: the request holds the exchange, that each
 * attempt with its wait for an account, and that the call upstream.
 *
 * @param join whether the client's own trace is joined
 */
export function recordExchange(tracer: Tracer, summary: Summary, join: boolean): void {
  const { incoming, request } = summary.exchange;
  const from = incoming.receivedAt;
  const until = from + summary.durationMs;
  const outer = join ? parentContext(incoming.headers) : ROOT_CONTEXT;
  const recorded = record(tracer, outer, {
    name: `${incoming.method} ${incoming.path}`,
    kind: SpanKind.SERVER,
    from,
    until,
    attributes: requestAttributes(summary),
    // An answer under 500 is the client's doing. Source: HTTP spans, section Status.
    error: summary.status >= 500 ? summary.error : undefined,
  });
  // Most traces may be left out, and then nothing of the rest is needed.
  if (recorded === undefined) return;
  const operation = request.embedding === undefined ? "chat" : "embeddings";
  const [first] = summary.attempts;
  const exchange = record(tracer, recorded, {
    name: `${operation} ${request.model}`,
    kind: SpanKind.INTERNAL,
    from: first === undefined ? from : first.startedAt - first.waitMs,
    until,
    attributes: exchangeAttributes(summary, operation),
    error: summary.outcome === "failed" ? summary.error : undefined,
  });
  if (exchange === undefined) return;
  for (const [index, attempt] of summary.attempts.entries()) {
    recordAttempt(tracer, exchange, summary, attempt, index + 1, operation);
  }
}

function recordAttempt(
  tracer: Tracer,
  outer: Context,
  summary: Summary,
  attempt: FinishedAttempt,
  number: number,
  operation: string,
): void {
  const { account, model, startedAt, waitMs, firstEventMs } = attempt;
  // The last one may have failed after its first event; that error is the exchange's.
  const late = summary.outcome === "failed" ? summary.error : undefined;
  const error = attempt.error ?? late;
  const { incoming } = summary.exchange;
  const end = incoming.receivedAt + summary.durationMs;
  const until = attempt.error === undefined ? end : startedAt + firstEventMs;
  const inside = record(tracer, outer, {
    name: "attempt",
    kind: SpanKind.INTERNAL,
    from: startedAt - waitMs,
    until,
    attributes: { "agproxy.attempt": number, "agproxy.account": account.label },
    error,
  });
  if (inside === undefined) return;
  record(tracer, inside, {
    name: `${operation} ${model}`,
    kind: SpanKind.CLIENT,
    from: startedAt,
    until,
    attributes: upstreamAttributes(summary, attempt, operation),
    error,
  });
}

/** One span, begun and ended. Returns what its children stand in; undefined where the trace is left out. */
function record(tracer: Tracer, outer: Context, part: Part): Context | undefined {
  const { name, kind, from, until, attributes, error } = part;
  const span = tracer.startSpan(name, { kind, startTime: from, attributes }, outer);
  if (!span.isRecording()) return undefined;
  if (error !== undefined) fail(span, error);
  span.end(until);
  return trace.setSpan(outer, span);
}

function fail(span: Span, { code, message }: AgproxyError): void {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
