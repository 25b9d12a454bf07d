import type { Log } from "@agproxy/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";

/** A collector that is away is told once in so long. */
const complainEveryMs = 60_000;

type Result = Parameters<Parameters<SpanExporter["export"]>[1]>[0];

/** Exports as another one does, and tells the log of spans that are lost: the libraries keep that to themselves. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #collector: string;
  readonly #log: Log;
  #underWay = 0;
  #lost = 0;
  #complainedAt = -Infinity;

  constructor(exporter: SpanExporter, collector: string, log: Log) {
    this.#exporter = exporter;
    this.#collector = collector;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.#underWay += spans.length;
    this.#exporter.export(spans, (result) => {
      this.#underWay -= spans.length;
      if (result.error !== undefined) this.#complain(spans.length, result.error);
      done(result);
    });
  }

  /** Nobody waits any longer for what is under way. */
  giveUp(): void {
    this.#complainedAt = -Infinity;
    this.#complain(this.#underWay, new Error("The collector did not answer before the stop."));
  }

  #complain(lost: number, error: Error): void {
    this.#lost += lost;
    const now = Date.now();
    if (this.#lost === 0 || now - this.#complainedAt < complainEveryMs) return;
    this.#complainedAt = now;
    this.#log.warn(
      { collector: this.#collector, lost: this.#lost, reason: error.message },
      "tracing: spans are lost, because the collector did not take them",
    );
    this.#lost = 0;
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}
