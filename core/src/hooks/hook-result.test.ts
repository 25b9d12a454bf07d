import assert from "node:assert/strict";
import { test } from "node:test";
import { hookResult } from "./hook-result.ts";
import { createHooks, facesFor } from "./hooks.ts";
import { probeIncoming } from "../cli/probe-incoming.ts";

const incoming = probeIncoming("/v1/chat/completions");

function resolved(tap: (model: string) => string | undefined | Promise<string | undefined>) {
  const hooks = createHooks();
  facesFor("mapper", hooks, () => false).resolveModel.tap("mapper", tap);
  return hookResult<string | undefined>((done) =>
    hooks.resolveModel.callAsync("gpt", incoming, done),
  );
}

test("taps that have nothing to wait for are heard at once", () => {
  assert.equal(
    resolved((model) => model.toUpperCase()),
    "GPT",
  );
  assert.equal(
    resolved(() => undefined),
    undefined,
  );
});

test("taps that wait are waited for", async () => {
  const answer = resolved(async (model) => model.toUpperCase());
  assert.ok(answer instanceof Promise);
  assert.equal(await answer, "GPT");
});

test("what a tap throws is thrown, and what it rejects with rejects", async () => {
  const failed = { code: "plugin_failed" };
  assert.throws(
    () =>
      resolved(() => {
        throw new Error("no");
      }),
    failed,
  );
  const late = resolved(async () => {
    throw new Error("no");
  });
  await assert.rejects(async () => late, failed);
});
