import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Model } from "@agproxy/core";
import { startGateway } from "@agproxy/core/testing";
import { withAliases } from "./alias-models.ts";
import { modelMapping, type ModelMappingOptions } from "./index.ts";
import { readRules } from "./rule.ts";

/** Routes that show what the gateway makes of names. `/readyz?model=` resolves a name, a tap records it. */
async function gateway(options: ModelMappingOptions) {
  const resolved: string[] = [];
  const probe = definePlugin({
    name: "probe",
    apply(agproxy) {
      agproxy.hooks.listModels.tap("probe", (models) => [
        ...models,
        { id: "gemini-2.5-flash", ownedBy: "google", contextWindow: 1000 },
        { id: "gpt-4o", ownedBy: "openai" },
      ]);
      agproxy.hooks.selectAccount.tap("probe", (candidates, exchange) => {
        resolved.push(exchange.model);
        return candidates;
      });
      agproxy.route("GET", "/models", async ({ incoming }) => ({
        body: await agproxy.models(incoming),
      }));
    },
  });
  const started = await startGateway({ plugins: [modelMapping(options), probe] });
  return { ...started, resolved, [Symbol.asyncDispose]: started.close };
}

test("maps the model of a request", async () => {
  await using running = await gateway({ rules: { "my-*": "gemini-x" } });
  for (const name of ["my-model", "gpt-4o", "gemini-2.5-pro"]) {
    await fetch(`${running.url}/readyz?model=${name}`);
  }
  assert.deepEqual(running.resolved, ["gemini-x", "gemini-2.5-flash", "gemini-2.5-pro"]);
});

test("lists aliases without wildcards once, next to the upstream's models", async () => {
  await using running = await gateway({
    rules: { fast: "gemini-2.5-flash", "fast-*": "x", same: "*" },
    table: { "gpt-4o": "gemini-2.5-flash", fast: "y" },
  });
  const models = (await (await fetch(`${running.url}/models`)).json()) as Model[];
  assert.deepEqual(models, [
    { id: "gemini-2.5-flash", ownedBy: "google", contextWindow: 1000 },
    { id: "gpt-4o", ownedBy: "openai" },
    { id: "fast", ownedBy: "agproxy", contextWindow: 1000 },
  ]);
});

test("a model that two upstreams list is listed once", () => {
  const twice = [
    { id: "a", ownedBy: "x" },
    { id: "a", ownedBy: "y" },
  ];
  assert.deepEqual(withAliases(twice, readRules({}, "rules", "your rules")), [twice[0]]);
});
