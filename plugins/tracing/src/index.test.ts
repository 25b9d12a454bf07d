import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { AgproxyError, definePlugin, type Plugin } from "@agproxy/core";
import {
  type AccountScript,
  openGateway,
  plainChat,
  scriptedUpstream,
} from "@agproxy/core/testing";
import { type Collector, type ReceivedSpan, startCollector } from "./fixtures/collector.ts";
import { tracing, type TracingOptions } from "./index.ts";

const before = { ...process.env };

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("OTEL_")) delete process.env[name];
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const failure = new AgproxyError("rate_limit_exceeded", "Too fast.", { retryAfter: 1000 });

const next = definePlugin({
  name: "next",
  apply: ({ hooks }) => hooks.attemptFailed.tap("next", () => ({ retry: "next account" })),
});

interface Scene {
  readonly collector: Collector;
  readonly accounts?: readonly AccountScript[];
  readonly options?: TracingOptions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly plugins?: readonly Plugin[];
}

/** Sends one chat, and closes the gateway. */
async function asked({
  collector,
  accounts = ["one two"],
  options,
  headers = {},
  body = {},
  plugins = [],
}: Scene) {
  process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ??= collector.url;
  const upstream = scriptedUpstream(...accounts);
  await using gateway = await openGateway({
    plugins: [plainChat(), next, ...plugins, upstream.plugin, tracing(options)],
  });
  const { status } = await gateway.inject({ path: "/chat", headers, body });
  await gateway.close();
  return { status, log: gateway.log };
}

const named = (spans: readonly ReceivedSpan[], name: string) =>
  spans.filter((span) => span.name === name).toSorted((a, b) => a.from - b.from);

function only(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const [first, ...more] = named(spans, name);
  assert.ok(
    first !== undefined && more.length === 0,
    `${name} of ${spans.map((s) => s.name).join()}`,
  );
  return first;
}

test("a chat is a request, an exchange, its attempts and their calls upstream, each inside the one before", async () => {
  await using collector = await startCollector();
  const body = {
    model: "m",
    stream: true,
    text: "what nobody may read",
    sampling: { maxTokens: 9 },
  };
  await asked({ collector, accounts: [failure, "one two three"], body });
  const { spans } = collector;
  assert.equal(spans.length, 6);
  const request = only(spans, "POST /chat");
  const [failed, good] = named(spans, "attempt");
  assert.ok(failed !== undefined && good !== undefined);
  const exchange = spans.find(({ spanId }) => spanId === good.parentSpanId);
  assert.equal(exchange?.name, "chat m");
  assert.equal(failed.parentSpanId, exchange.spanId);
  assert.deepEqual([request.parentSpanId, exchange.parentSpanId], ["", request.spanId]);
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
  const calls = [failed, good].map(({ spanId }) => spans.find((s) => s.parentSpanId === spanId));
  assert.deepEqual(
    calls.map((call) => call?.kind),
    ["client", "client"],
  );
  assert.deepEqual([request.kind, exchange.kind, good.kind], ["server", "internal", "internal"]);
  for (const span of spans) {
    assert.ok(request.from <= span.from && span.from <= span.until && span.until <= request.until);
  }
  assert.deepEqual([failed.failure, calls[0]?.failure], ["Too fast.", "Too fast."]);
  assert.deepEqual(
    [request.failure, exchange.failure, good.failure],
    [undefined, undefined, undefined],
  );
  assert.equal(failed.attributes["error.type"], "rate_limit_exceeded");
});

test("spans carry the attributes of the GenAI conventions, and no text of the chat", async () => {
  await using collector = await startCollector();
  const body = { model: "m", stream: true, text: "a secret wish", sampling: { maxTokens: 9 } };
  await asked({ collector, accounts: ["an answer"], body, headers: { "user-agent": "tool/1" } });
  const { spans } = collector;
  assert.partialDeepStrictEqual(only(spans, "POST /chat").attributes, {
    "http.request.method": "POST",
    "url.path": "/chat",
    "http.response.status_code": 200,
    "client.address": "127.0.0.1",
    "user_agent.original": "tool/1",
  });
  const [exchange, call] = named(spans, "chat m").toSorted((a) => (a.kind === "client" ? 1 : -1));
  const usage = { "gen_ai.usage.output_tokens": 2 };
  assert.partialDeepStrictEqual(exchange?.attributes, {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "m",
    "gen_ai.response.model": "m",
    "gen_ai.request.max_tokens": 9,
    "gen_ai.request.stream": true,
    "agproxy.caller": "anonymous",
    "agproxy.outcome": "ok",
    "agproxy.attempts": 1,
    ...usage,
  });
  assert.partialDeepStrictEqual(call?.attributes, { "gen_ai.provider.name": "scripted", ...usage });
  assert.ok(Number(call?.attributes["gen_ai.response.time_to_first_chunk"]) >= 0);
  assert.equal(only(spans, "attempt").attributes["agproxy.account"], "account-1");
  assert.equal(collector.resource["service.name"], "agproxy");
  assert.doesNotMatch(collector.text, /secret wish|an answer/);
});

const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

test("a client's traceparent is joined, and its choice not to sample is kept", async () => {
  await using collector = await startCollector();
  await asked({ collector, headers: { traceparent: `00-${trace}-${parent}-01` } });
  const { traceId, parentSpanId } = only(collector.spans, "POST /chat");
  assert.deepEqual([traceId, parentSpanId], [trace, parent]);
  const count = collector.spans.length;
  await asked({ collector, headers: { traceparent: `00-${trace}-${parent}-00` } });
  assert.equal(collector.spans.length, count);
});

for (const traceparent of [
  "nonsense",
  `00-${"0".repeat(32)}-${parent}-01`,
  `ff-${trace}-${parent}-01`,
]) {
  test(`a traceparent of ${traceparent.slice(0, 12)} begins a trace of its own`, async () => {
    await using collector = await startCollector();
    const { status } = await asked({ collector, headers: { traceparent } });
    assert.equal(status, 200);
    const span = only(collector.spans, "POST /chat");
    assert.equal(span.parentSpanId, "");
    assert.notEqual(span.traceId, trace);
  });
}

test("where join is false, strangers choose neither the trace nor whether it is kept", async () => {
  await using collector = await startCollector();
  const headers = { traceparent: `00-${trace}-${parent}-00` };
  await asked({ collector, headers, options: { join: false } });
  assert.notEqual(only(collector.spans, "POST /chat").traceId, trace);
});

test("a failed chat and one that a plugin answers have spans too", async () => {
  await using collector = await startCollector();
  const body = { model: "m" };
  const { status } = await asked({
    collector,
    accounts: [new AgproxyError("upstream_failed", "It broke.")],
    body,
  });
  assert.equal(status, 502);
  const request = only(collector.spans, "POST /chat");
  assert.deepEqual(
    [request.failure, request.attributes["error.type"]],
    ["It broke.", "upstream_failed"],
  );
  const own = definePlugin({
    name: "own",
    apply: ({ hooks }) =>
      hooks.exchange.tap("own", () => ({
        answer: [{ type: "finish", choice: 0, reason: "stop" }] as const,
      })),
  });
  await asked({ collector, body: { model: "given" }, plugins: [own] });
  assert.equal(only(collector.spans, "chat given").attributes["agproxy.answered_by"], "own");
});

test("names that clients invent are cut, because spans wait in memory", async () => {
  await using collector = await startCollector();
  const model = "m".repeat(1024);
  await asked({ collector, body: { model }, headers: { "user-agent": "u".repeat(12_000) } });
  const exchange = collector.spans.find(({ kind }) => kind === "internal");
  assert.match(String(exchange?.name), /^chat m{1000}/);
  assert.ok(collector.text.length < 12_000, `${collector.text.length} bytes`);
});

test("the upstream is told nothing of the trace", async () => {
  await using collector = await startCollector();
  const seen: unknown[] = [];
  await asked({
    collector,
    headers: { traceparent: `00-${trace}-${parent}-01` },
    accounts: [
      (request, { account }) => {
        seen.push({ request, headers: account.headers });
        return [[{ type: "finish", choice: 0, reason: "stop" }]];
      },
    ],
  });
  assert.equal(seen.length, 1);
  assert.doesNotMatch(JSON.stringify(seen), new RegExp(trace));
});

test("OTEL_* variables say where spans go, with which headers, from whom, and how many", async () => {
  await using collector = await startCollector();
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/own/path`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-team=blue",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_SERVICE_NAME: "front-door",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
  });
  await asked({ collector });
  const [request] = collector.requests;
  assert.equal(request?.path, "/own/path");
  assert.equal(request.headers["x-team"], "blue");
  assert.equal(request.headers["content-encoding"], "gzip");
  assert.partialDeepStrictEqual(collector.resource, {
    "service.name": "front-door",
    "deployment.environment.name": "test",
  });
  const count = collector.requests.length;
  for (const [name, value] of [
    ["OTEL_TRACES_SAMPLER", "always_off"],
    ["OTEL_SDK_DISABLED", "true"],
    ["OTEL_TRACES_EXPORTER", "none"],
  ] as const) {
    process.env[name] = value;
    const { status } = await asked({ collector });
    assert.equal(status, 200);
    delete process.env[name];
  }
  assert.equal(collector.requests.length, count);
});

for (const behaviour of ["is silent", "refuses", "is gone"] as const) {
  test(`a collector that ${behaviour} hurts no request, does not hold up the stop, and is told of`, async () => {
    await using collector = await startCollector(behaviour === "is gone" ? "takes" : behaviour);
    if (behaviour === "is gone") await collector[Symbol.asyncDispose]();
    // Longer than a stop waits, so that it is the stop that gives up.
    const timeout = behaviour === "is silent" ? "3000" : "500";
    process.env["OTEL_EXPORTER_OTLP_TIMEOUT"] = timeout;
    const { status, log } = await asked({ collector });
    assert.equal(status, 200);
    const told = log.filter(({ msg }) => /spans are lost/.test(msg ?? ""));
    assert.partialDeepStrictEqual(told, [{ lost: 4, collector: `${collector.url}/v1/traces` }]);
  });
}
