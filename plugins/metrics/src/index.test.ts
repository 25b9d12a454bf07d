import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { AgproxyError, definePlugin, streamOf, type Summary } from "@agproxy/core";
import { openGateway, plainChat, scriptedUpstream, summaryWatch } from "@agproxy/core/testing";
import { metrics, type MetricsOptions } from "./index.ts";

const failure = new AgproxyError("rate_limit_exceeded", undefined, { retryAfter: 1000 });

const next = definePlugin({
  name: "next",
  apply: ({ hooks }) => hooks.attemptFailed.tap("next", () => ({ retry: "next account" })),
});

/** What `/metrics` says after some chats. */
async function scraped(models: readonly string[], options: MetricsOptions = {}): Promise<string> {
  const upstream = scriptedUpstream(failure, "one two three");
  const watch = summaryWatch();
  await using gateway = await openGateway({
    plugins: [plainChat(), next, upstream.plugin, metrics(options), watch.plugin],
  });
  for (const model of models) {
    const { status } = await gateway.inject({ path: "/chat", body: { model, stream: true } });
    assert.equal(status, 200);
  }
  await watch.reached(models.length);
  const { status, headers, body } = await gateway.inject({ path: "/metrics", method: "GET" });
  assert.equal(status, 200);
  assert.match(String(headers.get("content-type")), /^text\/plain; version=0\.0\.4/);
  return body;
}

test("requests, attempts, rotations, tokens and times are counted", async () => {
  const text = await scraped(["m", "m"]);
  const lines = text.split("\n");
  const labels =
    'requested_model="m",model="m",account="account-2",caller="anonymous",outcome="ok"';
  for (const line of [
    `agproxy_requests_total{protocol="plain-chat",${labels}} 2`,
    'agproxy_attempts_total{account="account-1",model="m",error_type="rate_limit_exceeded"} 2',
    'agproxy_attempts_total{account="account-2",model="m",error_type=""} 2',
    'agproxy_rotations_total{account="account-2",model="m"} 2',
    'agproxy_tokens_total{gen_ai_token_type="output",model="m",account="account-2",caller="anonymous"} 6',
    'agproxy_http_answers_total{code="200"} 2',
    "agproxy_account_wait_seconds_count 2",
  ]) {
    assert.ok(lines.includes(line), `${line}\n${text}`);
  }
  for (const name of ["request_duration", "time_to_first_token", "time_per_output_token"]) {
    assert.match(text, new RegExp(`^gen_ai_server_${name}_seconds_count\\{.*\\} 2$`, "m"));
  }
});

test("what is left of an account's limits is told as its upstream told it", async () => {
  const learntAt = Date.now();
  const told = [
    { models: "m", limit: "tokens", left: 0.25, learntAt },
    { models: "family", left: 0, learntAt },
  ];
  const knowing = definePlugin({
    name: "knowing",
    apply(agproxy) {
      const upstream = { name: "u", send: async () => streamOf([]), quotas: () => told };
      agproxy.accounts([{ id: "a", label: "work", upstream }]);
    },
  });
  const watch = summaryWatch();
  await using gateway = await openGateway({
    plugins: [plainChat(), knowing, metrics(), watch.plugin],
  });
  await gateway.inject({ path: "/chat", body: {} });
  await watch.reached(1);
  const { body } = await gateway.inject({ path: "/metrics", method: "GET" });
  const name = "agproxy_account_quota_remaining_ratio";
  assert.ok(body.includes(`\n${name}{account="work",model="m",limit="tokens"} 0.25\n`), body);
  assert.ok(body.includes(`\n${name}{account="work",model="family",limit=""} 0\n`), body);
});

test("names that clients invent are other, so that memory is bounded", async () => {
  const text = await scraped(["a", "b", "c", "d"], { labelValues: 2 });
  const count = (model: string) =>
    new RegExp(`^agproxy_requests_total\\{.*requested_model="${model}".*\\} (\\d+)$`, "m").exec(
      text,
    )?.[1];
  assert.deepEqual(["a", "b", "c", "other"].map(count), ["1", "1", undefined, "2"]);
});

test("a request that is not answered by an account, or that fails, is counted too", async () => {
  const upstream = scriptedUpstream(failure);
  const watch = summaryWatch();
  await using gateway = await openGateway({
    plugins: [plainChat(), upstream.plugin, metrics(), watch.plugin],
  });
  await gateway.inject({ path: "/chat", body: {} });
  await gateway.inject({ path: "/nowhere", method: "GET" });
  await watch.reached(1);
  const { body } = await gateway.inject({ path: "/metrics", method: "GET" });
  assert.match(body, /^agproxy_requests_total\{.*outcome="failed"\} 1$/m);
  assert.match(body, /^agproxy_http_answers_total\{code="404"\} 1$/m);
  assert.equal(watch.all.map(({ outcome }: Summary) => outcome).join(), "failed");
});

const monitoring = join(import.meta.dirname, "../../../docs/monitoring");
const own = /\b(?:agproxy|gen_ai|nodejs|process)_[a-z_]+/g;

for (const file of ["grafana-dashboard.json", "alerts.yml"]) {
  test(`docs/monitoring/${file} asks for metrics that are there`, async () => {
    const told = new Set((await scraped(["m"])).match(/(?<=^# TYPE )\S+/gm));
    const text = await readFile(join(monitoring, file), "utf8");
    const asked = [...text.matchAll(/"?expr"?: *(?:"((?:[^"\\]|\\.)*)"|(.*))/g)].flatMap(
      ([, quoted, bare]) =>
        (quoted ?? bare ?? "").replaceAll(/\{[^}]*\}|by \([^)]*\)/g, "").match(own) ?? [],
    );
    assert.ok(asked.length > 3);
    for (const name of asked) {
      assert.ok(told.has(name) || told.has(name.replace(/_(?:bucket|sum|count)$/, "")), name);
    }
  });
}

/** What promtool says of a text. Rejects where it is not installed. */
function promtool(args: readonly string[], input: string) {
  return new Promise<string>((resolve, reject) => {
    const child = execFile("promtool", args, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") reject(error);
      else
        resolve(`${error === null ? "" : `exit code ${String(error.code)}\n`}${stdout}${stderr}`);
    });
    child.stdin?.end(input);
  });
}

test("promtool finds nothing to say about it", async (context) => {
  const text = await scraped(["m"]);
  const said = await promtool(["check", "metrics"], text).catch(() => undefined);
  if (said === undefined)
    return context.skip("promtool, of Debian's package prometheus, is not here");
  assert.equal(said, "");
  const rules = await promtool(["check", "rules", join(monitoring, "alerts.yml")], "");
  assert.match(rules, /SUCCESS/);
  const config = await promtool(["check", "config", join(monitoring, "prometheus.yml")], "");
  assert.doesNotMatch(config, /FAILED|exit code/);
});
