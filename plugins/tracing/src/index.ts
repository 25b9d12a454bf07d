import { definePlugin, type Plugin, readOptions } from "@agproxy/core";
import * as v from "valibot";
import { otelEnvironment } from "./otel-environment.ts";

export interface TracingOptions {
  /** Whether a client's `traceparent` makes the spans part of the client's trace, sampled as the client says. Default: true. */
  readonly join?: boolean;
}

const schema = v.strictObject({ join: v.optional(v.boolean(), true) });

/** Sends OpenTelemetry spans of each chat to the collector that the `OTEL_*` variables name. No text of a chat is in them. */
export function tracing(options: TracingOptions = {}): Plugin {
  const { join } = readOptions("tracing", schema, options, "tracing({ join: false })");
  let place = "";
  return definePlugin({
    name: "tracing",
    describe: () => place,
    async apply({ hooks, log }) {
      const environment = otelEnvironment(process.env);
      if (environment.isOff) {
        place = "off by OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER";
        return;
      }
      place = `spans go to ${environment.collector}`;
      // A tenth of a second, which those who have switched it off need not pay.
      const { openPipeline } = await import("./pipeline.ts");
      const { writer, close } = openPipeline(environment, log);
      const { recordExchange } = await import("./exchange-spans.ts");
      hooks.done.tap("tracing", (summary) => recordExchange(writer, summary, join));
      hooks.close.tap("tracing", close);
    },
  });
}
