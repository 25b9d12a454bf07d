import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type CallersReport, callersReport, definePlugin } from "@agproxy/core";
import { openGateway, plainChat, scriptedUpstream } from "@agproxy/core/testing";
import { auth } from "./index.ts";
import { digestOf, newKey, shownPart } from "./key-file/key-text.ts";

/** A plugin that gives away what auth exposes. */
function onlooker() {
  const got: { report?: CallersReport | undefined } = {};
  const plugin = definePlugin({
    name: "onlooker",
    apply: ({ use }) => {
      got.report = use(callersReport);
    },
  });
  return { plugin, got };
}

/** As the key file has it. */
function record(name: string, text: string, more: object) {
  const [prefix, sha256] = [shownPart(text), digestOf(text)];
  return { name, prefix, sha256, created: "2026-01-01T00:00:00.000Z", ...more };
}

test("plugins are told of keys and how much of their limits is used, and of no key itself", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "agproxy-callers-"));
  context.after(() => rm(folder, { recursive: true }));
  const [key, over] = [newKey(), newKey()];
  const keys = [
    record("laptop", key, { limits: { rpd: 5, tpm: 10_000 } }),
    record("old", over, { revoked: "2026-01-02T00:00:00.000Z" }),
  ];
  const file = join(folder, "keys.json");
  await writeFile(file, JSON.stringify({ version: 1, keys }), { mode: 0o600 });
  const { plugin, got } = onlooker();
  const ofConfig = { key: "ag-a-key-of-the-config", name: "ci", models: ["small-*"] };
  const asking = auth({ mode: "strict", file, keys: [ofConfig] });
  const upstream = scriptedUpstream("hello");
  const plugins = [plainChat(), asking, plugin, upstream.plugin];
  await using gateway = await openGateway({ plugins });
  const headers = { authorization: `Bearer ${key}` };
  const { status } = await gateway.inject({ path: "/chat", headers, body: { text: "hi" } });
  assert.equal(status, 200);
  assert.equal(got.report?.asksForKeys, true);
  const [ci, laptop, old] = (await got.report?.keys()) ?? [];
  assert.deepEqual(ci, { name: "ci", status: "active", models: ["small-*"], limits: [] });
  assert.partialDeepStrictEqual(laptop, { name: "laptop", status: "active" });
  assert.partialDeepStrictEqual(laptop?.limits[0], { name: "rpd", used: 1, limit: 5 });
  assert.ok((laptop?.limits[1]?.used ?? 0) > 0);
  assert.equal(old?.status, "revoked");
  const told = JSON.stringify(await got.report?.keys());
  for (const secret of [key, over, digestOf(key), ofConfig.key]) assert.ok(!told.includes(secret));
});
