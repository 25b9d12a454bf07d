import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { Log } from "@agproxy/core";
import type { OtelEnvironment, SamplerChoice } from "./otel-environment.ts";
import { SpanWriter } from "./span-writer.ts";
import { ToldExporter } from "./told-exporter.ts";

/** How long a stop waits for a collector that does not answer. */
const closeWithinMs = 2000;

/** Where spans are begun, and how what is left of them is sent before the end. */
export interface Pipeline {
  readonly writer: SpanWriter;
  /** Sends what is left. Never throws, and never takes longer than two seconds. */
  close(): Promise<void>;
}

/**
 * Nothing of it is global, so two gateways of a reload stand beside each other. The exporter reads the address, the headers,
 * certificates, compression and time limit from `OTEL_EXPORTER_OTLP_*` itself, the resource `OTEL_SERVICE_NAME` and
 * `OTEL_RESOURCE_ATTRIBUTES`.
 */
export function openPipeline({ collector, sampler, batches }: OtelEnvironment, log: Log): Pipeline {
  const exporter = new ToldExporter(new OTLPTraceExporter(), collector, log);
  const processor = new BatchSpanProcessor({ exporter, ...batches });
  const resource = defaultResource()
    .merge(resourceFromAttributes({ "service.name": "agproxy" }))
    .merge(detectResources({ detectors: [envDetector] }));
  return {
    writer: new SpanWriter(samplerFor(sampler), processor, resource),
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        exporter.giveUp();
        resolve();
      }, closeWithinMs);
      // What failed is told by the exporter.
      await Promise.race([late, processor.shutdown().catch(() => {})]);
      clearTimeout(timer);
    },
  };
}

function samplerFor({ isParentBased, ratio }: SamplerChoice): Sampler {
  const root = new TraceIdRatioBasedSampler(ratio);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}
