import type { Incoming } from "@agproxy/core";
import { type Context, ROOT_CONTEXT, type TextMapGetter } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";

type Headers = Incoming["headers"];

const propagator = new W3CTraceContextPropagator();

const getter: TextMapGetter<Headers> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => headers[name],
};

/**
 * The trace that a client has begun, by its `traceparent` and `tracestate`; a new one where there is none, or none that can be
 * read. Source: https://www.w3.org/TR/trace-context/
 */
export function parentContext(headers: Headers): Context {
  return headers["traceparent"] === undefined
    ? ROOT_CONTEXT
    : propagator.extract(ROOT_CONTEXT, headers, getter);
}
