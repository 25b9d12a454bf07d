import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AgproxyError, definePlugin, type ExchangeHistory, exchangeHistory } from "@agproxy/core";
import { openGateway, plainChat, scriptedUpstream } from "@agproxy/core/testing";
import { requestLog, type RequestLogOptions } from "./index.ts";
import { LogReader } from "./log-reader.ts";

const secret = "sk-1234567890abcdefghij";

async function logged(options: RequestLogOptions, ...texts: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-test-"));
  const file = join(folder, "requests.sqlite");
  const upstream = scriptedUpstream([
    `I keep ${secret} to myself`,
    new AgproxyError("upstream_failed", "No."),
  ]);
  const gateway = await openGateway({
    plugins: [plainChat(), upstream.plugin, requestLog({ ...options, file })],
  });
  for (const text of texts) await gateway.inject({ path: "/chat", body: { model: "m", text } });
  await gateway.close();
  using reader = new LogReader(file);
  const rows = reader.latest({}, 100);
  rmSync(folder, { recursive: true });
  return rows;
}

test("a row for each exchange is there once the gateway is closed, without content", async () => {
  const rows = await logged({}, "first question", "second question");
  assert.deepEqual(
    rows.map(({ outcome, account, error }) => ({ outcome, account, error })),
    [
      { outcome: "ok", account: "account-1", error: undefined },
      { outcome: "failed", account: "account-1", error: "upstream_failed" },
    ],
  );
  assert.equal(rows[1]?.tries?.[0]?.reason, "No.");
  assert.doesNotMatch(JSON.stringify(rows), /question|myself/);
});

test("with `bodies` the texts are kept, cut, and without what looks like a secret", async () => {
  const [row] = await logged({ bodies: true }, `hello ${"long ".repeat(5000)} Bearer abcdefghijk`);
  const { bodies = "" } = row ?? {};
  assert.match(bodies, /hello long/);
  assert.match(bodies, /I keep \[redacted\] to myself/);
  assert.ok(bodies.length < 40_000, `${bodies.length}`);
  assert.ok(!bodies.includes(secret) && !bodies.includes("abcdefghijk"));
});

test("plugins are told of what is kept, also of what was just now, and of no text", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-test-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const got: { history?: ExchangeHistory } = {};
  const onlooker = definePlugin({
    name: "onlooker",
    apply: ({ use }) => {
      got.history = use(exchangeHistory);
    },
  });
  const log = requestLog({ file: join(folder, "requests.sqlite"), bodies: true });
  const upstream = scriptedUpstream("hello");
  await using gateway = await openGateway({
    plugins: [plainChat(), upstream.plugin, log, onlooker],
  });
  const began = Date.now();
  for (const model of ["a", "b", "c"]) {
    await gateway.inject({ path: "/chat", body: { model, text: "a question" } });
  }
  const latest = got.history?.latest(began, 2) ?? [];
  assert.deepEqual(
    latest.map(({ model, outcome, stream }) => [model, outcome, stream]),
    [
      ["b", "ok", false],
      ["c", "ok", false],
    ],
  );
  assert.doesNotMatch(JSON.stringify(latest), /question|hello/);
  assert.deepEqual(got.history?.latest(Date.now() + 60_000, 2), []);
});

test("a path that depends on the folder is refused", () => {
  assert.throws(() => requestLog({ file: "requests.sqlite" }), /must be an absolute path/);
  assert.throws(() => requestLog({ megabytes: 1 }), /megabytes/);
});
