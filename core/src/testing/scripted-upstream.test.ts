import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, definePlugin } from "../index.ts";
import { openGateway, plainChat, scriptedUpstream } from "../testing.ts";

/** Waits as long as the upstream says, and asks the same account again. */
const patient = definePlugin({
  name: "patient",
  apply: ({ hooks }) =>
    hooks.attemptFailed.tap("patient", ({ error: { retryAfter } }) =>
      retryAfter === undefined ? undefined : { retry: "same account" },
    ),
});

test("an account does one step after the other, and stays with the last", async () => {
  const limited = new AgproxyError("rate_limit_exceeded", undefined, { retryAfter: 1000 });
  const upstream = scriptedUpstream([limited, "first", ({ model }) => [[said(model)], [finish]]]);
  await using open = await openGateway({ plugins: [plainChat(), patient, upstream.plugin] });
  const texts: unknown[] = [];
  for (const model of ["a", "b", "c"]) {
    const { json } = await open.inject({ path: "/chat", body: { model } });
    texts.push((json as { readonly text: string }).text);
  }
  assert.deepEqual(texts, ["first", "b", "c"]);
  assert.deepEqual(
    upstream.sent.map(({ model, account }) => [model, account.label]),
    ["a", "a", "b", "c"].map((model) => [model, "account-1"]),
  );
});

const said = (text: string) => ({ type: "text", choice: 0, text }) as const;
const finish = { type: "finish", choice: 0, reason: "stop" } as const;
