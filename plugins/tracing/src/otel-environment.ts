/** What the `OTEL_*` variables say that the exporter and the resource do not read themselves. */
export interface OtelEnvironment {
  readonly isOff: boolean;
  /** Where spans go, as it may be shown: without a user, a password and a query. */
  readonly collector: string;
  readonly sampler: SamplerChoice;
  readonly batches: BatchLimits;
}

/** Which traces are kept that no client has begun. */
export interface SamplerChoice {
  /** Whether a client's own decision counts. */
  readonly isParentBased: boolean;
  /** The share of traces, from 0 to 1. */
  readonly ratio: number;
}

/** Absent: what the specification has. */
interface BatchLimits {
  readonly scheduledDelayMillis?: number;
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
  readonly exportTimeoutMillis?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultEndpoint = "http://localhost:4318";

/**
 * Reads them. Throws an error that names the variable where its value cannot be used: the libraries would go on with a default.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function otelEnvironment(environment: Environment): OtelEnvironment {
  const read = (name: string) => environment[name]?.trim() || undefined;
  const ofTraces = (name: string) =>
    read(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`);
  const exporter = oneOf("OTEL_TRACES_EXPORTER", read("OTEL_TRACES_EXPORTER"), ["otlp", "none"]);
  oneOf("OTEL_EXPORTER_OTLP_PROTOCOL", ofTraces("PROTOCOL"), ["http/protobuf"]);
  return {
    isOff: exporter === "none" || read("OTEL_SDK_DISABLED")?.toLowerCase() === "true",
    collector: shownAddress(
      read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
      read("OTEL_EXPORTER_OTLP_ENDPOINT") ?? defaultEndpoint,
    ),
    sampler: samplerOf(read("OTEL_TRACES_SAMPLER"), read("OTEL_TRACES_SAMPLER_ARG")),
    batches: batchLimits(read),
  };
}

function shownAddress(own: string | undefined, common: string): string {
  const url = URL.parse(own ?? common);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const name = `OTEL_EXPORTER_OTLP${own === undefined ? "" : "_TRACES"}_ENDPOINT`;
    throw fault(name, "must be an HTTP URL such as http://localhost:4318");
  }
  const path = own === undefined ? `${url.pathname.replace(/\/$/, "")}/v1/traces` : url.pathname;
  return `${url.origin}${path}`;
}

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

function samplerOf(name: string | undefined, ratio: string | undefined): SamplerChoice {
  const known = oneOf("OTEL_TRACES_SAMPLER", name, samplers) ?? "parentbased_always_on";
  return {
    isParentBased: known.startsWith("parentbased_"),
    ratio: known.endsWith("traceidratio") ? share(ratio) : Number(known.endsWith("always_on")),
  };
}

function share(text: string | undefined): number {
  const ratio = Number(text ?? 1);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw fault("OTEL_TRACES_SAMPLER_ARG", "must be a number from 0 to 1");
}

function batchLimits(read: (name: string) => string | undefined): BatchLimits {
  const count = (name: string, key: keyof BatchLimits): BatchLimits => {
    const text = read(name);
    if (text === undefined) return {};
    if (/^\d{1,9}$/.test(text) && Number(text) > 0) return { [key]: Number(text) };
    throw fault(name, "must be a whole number above 0");
  };
  return {
    ...count("OTEL_BSP_SCHEDULE_DELAY", "scheduledDelayMillis"),
    ...count("OTEL_BSP_MAX_QUEUE_SIZE", "maxQueueSize"),
    ...count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "maxExportBatchSize"),
    ...count("OTEL_BSP_EXPORT_TIMEOUT", "exportTimeoutMillis"),
  };
}

function oneOf<Word extends string>(
  name: string,
  value: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw fault(name, `must be ${words.join(" or ")}`);
}

/** Without the value: an address may hold a password. */
function fault(name: string, what: string): Error {
  return new Error(`tracing: the environment variable ${name} ${what}.`);
}
