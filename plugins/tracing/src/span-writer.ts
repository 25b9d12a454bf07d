import {
  type Attributes,
  type Context,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  RandomIdGenerator,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import type { AgproxyError } from "@agproxy/core";

/** A part of an exchange that is over. Times are in milliseconds since the epoch. */
export interface Part {
  readonly name: string;
  readonly kind: SpanKind;
  readonly from: number;
  readonly until: number;
  readonly attributes: Attributes;
  readonly error?: AgproxyError | undefined;
}

/** Clients choose names of models, and spans wait in memory. */
const maxCharacters = 1024;

const scope = { name: "agproxy" };
const nothing: never[] = [];
const unset = { code: SpanStatusCode.UNSET };

/**
 * Makes spans that are over when they begin. The SDK's own tracer takes three times as long: it measures each span's start and
 * end, and cleans its attributes twice.
 */
export class SpanWriter {
  readonly #sampler: Sampler;
  readonly #processor: Pick<SpanProcessor, "onEnd">;
  readonly #resource: Resource;
  readonly #ids = new RandomIdGenerator();

  constructor(sampler: Sampler, processor: Pick<SpanProcessor, "onEnd">, resource: Resource) {
    this.#sampler = sampler;
    this.#processor = processor;
    this.#resource = resource;
  }

  /** Decides whether a trace is kept. The outermost span of what happens here; undefined where it is left out. */
  begin(outer: Context, name: string, kind: SpanKind): SpanContext | undefined {
    const parent = trace.getSpanContext(outer);
    const traceId = parent?.traceId ?? this.#ids.generateTraceId();
    const { decision, traceState = parent?.traceState } = this.#sampler.shouldSample(
      outer,
      traceId,
      name,
      kind,
      {},
      nothing,
    );
    if (decision !== SamplingDecision.RECORD_AND_SAMPLED) return undefined;
    return {
      traceId,
      spanId: this.#ids.generateSpanId(),
      traceFlags: TraceFlags.SAMPLED,
      ...(traceState === undefined ? {} : { traceState }),
    };
  }

  /** A span inside of another one, which need not be written yet. */
  inside(parent: SpanContext): SpanContext {
    return { ...parent, spanId: this.#ids.generateSpanId() };
  }

  write(own: SpanContext, parent: SpanContext | undefined, part: Part): void {
    this.#processor.onEnd(new EndedSpan(own, parent, part, this.#resource));
  }
}

class EndedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: [number, number];
  readonly endTime: [number, number];
  readonly duration: [number, number];
  readonly status: { readonly code: SpanStatusCode; readonly message?: string };
  readonly attributes: Attributes;
  readonly resource: Resource;
  readonly links = nothing;
  readonly events = nothing;
  readonly ended = true;
  readonly instrumentationScope = scope;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly #own: SpanContext;

  constructor(own: SpanContext, parent: SpanContext | undefined, part: Part, resource: Resource) {
    const { name, kind, from, until, attributes, error } = part;
    this.#own = own;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.name = cut(name);
    this.kind = kind;
    this.startTime = hrTime(from);
    this.endTime = hrTime(until);
    this.duration = hrTime(until - from);
    this.status =
      error === undefined ? unset : { code: SpanStatusCode.ERROR, message: cut(error.message) };
    this.attributes = bounded(attributes, error);
    this.resource = resource;
  }

  spanContext(): SpanContext {
    return this.#own;
  }
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

function bounded(attributes: Attributes, error: AgproxyError | undefined): Attributes {
  const kept: Attributes = error === undefined ? {} : { "error.type": error.code };
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) kept[name] = typeof value === "string" ? cut(value) : value;
  }
  return kept;
}

function cut(text: string): string {
  return text.length > maxCharacters ? text.slice(0, maxCharacters) : text;
}
