import assert from "node:assert/strict";
import { test } from "node:test";
import { otelEnvironment } from "./otel-environment.ts";

test("nothing said is what the specification has", () => {
  assert.deepEqual(otelEnvironment({}), {
    isOff: false,
    collector: "http://localhost:4318/v1/traces",
    sampler: { isParentBased: true, ratio: 1 },
    batches: {},
  });
});

const shown = (environment: Readonly<Record<string, string>>) =>
  otelEnvironment(environment).collector;

test("the address is shown without what may be secret, and the path is added to the common one only", () => {
  const common = "https://me:secret@collector.example:9/base/?key=secret";
  assert.equal(
    shown({ OTEL_EXPORTER_OTLP_ENDPOINT: common }),
    "https://collector.example:9/base/v1/traces",
  );
  assert.equal(
    shown({
      OTEL_EXPORTER_OTLP_ENDPOINT: common,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://a/b",
    }),
    "http://a/b",
  );
});

test("samplers and batches are read", () => {
  const { sampler, batches } = otelEnvironment({
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    OTEL_BSP_MAX_QUEUE_SIZE: "64",
    OTEL_BSP_SCHEDULE_DELAY: " 100 ",
  });
  assert.deepEqual(sampler, { isParentBased: false, ratio: 0.25 });
  assert.deepEqual(batches, { maxQueueSize: 64, scheduledDelayMillis: 100 });
  const off = otelEnvironment({ OTEL_TRACES_SAMPLER: "parentbased_always_off" });
  assert.deepEqual(off.sampler, { isParentBased: true, ratio: 0 });
  assert.equal(otelEnvironment({ OTEL_SDK_DISABLED: "True" }).isOff, true);
});

for (const [name, value] of [
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
  ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"],
  ["OTEL_TRACES_EXPORTER", "zipkin"],
  ["OTEL_TRACES_SAMPLER", "sometimes"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"],
  ["OTEL_BSP_MAX_QUEUE_SIZE", "-1"],
] as const) {
  test(`${name}=${value} is refused by its name, without its value`, () => {
    const fault = (() => {
      try {
        return otelEnvironment({ [name]: value });
      } catch (thrown) {
        return thrown;
      }
    })();
    assert.ok(fault instanceof Error);
    assert.match(
      fault.message,
      new RegExp(name.replace("_TRACES_PROTOCOL", "_(TRACES_)?PROTOCOL")),
    );
    assert.ok(!fault.message.includes(`"${value}"`));
  });
}

test("a ratio that is none is refused", () => {
  const environment = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "half" };
  assert.throws(() => otelEnvironment(environment), /OTEL_TRACES_SAMPLER_ARG must be a number/);
});
