import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "@agproxy/core";
import { startGateway, startVendor, summaryWatch } from "@agproxy/core/testing";
import { ask, plainProtocol } from "../fixtures/gateway.ts";
import { user } from "../fixtures/requests.ts";
import { gemini } from "../index.ts";

const refusal = (quotaId: string) => ({
  status: 429,
  body: {
    error: {
      code: 429,
      message: "You exceeded your current quota.",
      status: "RESOURCE_EXHAUSTED",
      details: [
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" },
      ],
    },
  },
});

for (const [quotaId, count] of [
  ["GenerateRequestsPerDayPerProjectPerModel-FreeTier", 1],
  ["GenerateRequestsPerMinutePerProjectPerModel-FreeTier", 0],
] as const) {
  test(`after a 429 for ${quotaId} an account knows of ${count} quotas`, async () => {
    await using server = await startVendor(() => refusal(quotaId));
    const watch = summaryWatch();
    // It ends the hook before the plugin's own place in the config.
    const stop = definePlugin({
      name: "stop",
      apply({ hooks }) {
        let tries = 0;
        hooks.attemptFailed.tap("stop", () =>
          (tries += 1) === 1 ? { retry: "same account" } : undefined,
        );
      },
    });
    const plugin = gemini({ keys: "k", baseUrl: server.url });
    await using gateway = await startGateway({
      plugins: [plainProtocol(), stop, plugin, watch.plugin],
    });
    const { status } = await ask(gateway.url, { messages: [user("hi")], model: "gemini-2.5-pro" });
    assert.equal(status, 429);
    await watch.reached(1);
    const account = watch.all[0]?.attempts[0]?.account;
    assert.ok(account !== undefined);
    const quotas = account.upstream.quotas?.(account) ?? [];
    assert.deepEqual(
      quotas.map(({ models, left }) => [models, left]),
      Array.from({ length: count }, () => ["gemini-2.5-pro", 0]),
    );
    for (const { resetsAt = 0 } of quotas) {
      assert.match(new Date(resetsAt).toISOString(), /T0[78]:00:00/, "midnight in California");
    }
  });
}
