import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Model } from "@agproxy/core";
import { startGateway } from "@agproxy/core/testing";
import { openai } from "./index.ts";
import { modelList } from "./model-list.ts";

const listed: readonly Model[] = [
  { id: "gemini-x", ownedBy: "google", created: 1700000000, contextWindow: 1000 },
  { id: "models/tuned:v1/beta", ownedBy: "me" },
  { id: "50% off", ownedBy: "me" },
  { id: "gemini-x", ownedBy: "second" },
];

const pool = definePlugin({
  name: "pool",
  apply: ({ hooks }) => hooks.listModels.tap("pool", (models) => [...models, ...listed]),
});

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  await using gateway = await startGateway({ plugins: [openai(), pool] });
  const response = await fetch(gateway.url + path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("the list has every model once, and every model an owner and a time", async () => {
  const { status, body } = await get("/v1/models");
  assert.equal(status, 200);
  assert.equal(body["object"], "list");
  const data = body["data"] as readonly Record<string, unknown>[];
  assert.deepEqual(data.map(({ id }) => String(id)).sort(), [
    "50% off",
    "gemini-x",
    "models/tuned:v1/beta",
  ]);
  assert.ok(data.every(({ created, object }) => Number(created) > 1e9 && object === "model"));
  assert.ok(data.every(({ owned_by }) => typeof owned_by === "string"));
});

test("a model of unknown age gets the fallback time", () => {
  const { data } = modelList([{ id: "a", ownedBy: "me" }], 42);
  assert.deepEqual(data, [{ id: "a", object: "model", created: 42, owned_by: "me" }]);
});

for (const [written, id] of [
  ["gemini-x", "gemini-x"],
  ["models/tuned:v1/beta", "models/tuned:v1/beta"],
  ["models%2Ftuned%3Av1%2Fbeta", "models/tuned:v1/beta"],
  ["50%25%20off", "50% off"],
] as const) {
  test(`GET /v1/models/${written} finds ${id}`, async () => {
    const { status, body } = await get(`/v1/models/${written}`);
    assert.equal(status, 200);
    assert.equal(body["id"], id);
    assert.equal(body["object"], "model");
  });
}

test("an unknown model is a 404 in the API's own form", async () => {
  const { status, body } = await get("/v1/models/no/such");
  assert.equal(status, 404);
  const error = body["error"] as Record<string, unknown>;
  assert.match(String(error["message"]), /^There is no model "no\/such"\. /);
  assert.equal(error["code"], "model_not_found");
  assert.equal(error["param"], "model");
  assert.equal(error["type"], "not_found_error");
});
