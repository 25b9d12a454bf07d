import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "./memory-store.ts";
import { SharedToken } from "./shared-token.ts";

const hourMs = 3_600_000;

/** Instances that share a store, and how often a token was asked for. */
function instances(store = memoryStore(), lifetimeMs = hourMs) {
  let asked = 0;
  const refresh = async () => {
    asked += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return { token: `token-${asked}`, lifetimeMs };
  };
  const instance = (secret = "refresh-token") =>
    new SharedToken({ store, name: "tokens", secret: () => secret, refresh });
  return { store, instance, asked: () => asked };
}

test("a token is asked for once, by many requests of many instances", async () => {
  const { instance, asked } = instances();
  const all = [instance(), instance(), instance()];
  const tokens = await Promise.all(
    all.flatMap((one) => Array.from({ length: 10 }, () => one.token())),
  );
  assert.deepEqual(new Set(tokens), new Set(["token-1"]));
  assert.equal(await instance().token(), "token-1", "who comes later has it, too");
  assert.equal(asked(), 1);
});

test("a refused token is replaced once for all", async () => {
  const { instance, asked } = instances();
  const [one, two] = [instance(), instance()];
  await one.token();
  await two.token();
  assert.equal(await one.tokenInPlaceOf("token-1"), "token-2");
  assert.equal(await two.tokenInPlaceOf("token-1"), "token-2");
  assert.equal(asked(), 2);
});

test("the store has it encrypted: without the account's secret it is nothing", async () => {
  const { store, instance } = instances();
  await instance().token();
  const [entry] = await store.entries("tokens/");
  assert.ok(entry !== undefined && !Buffer.from(entry.value, "base64url").includes("token-1"));
  assert.ok(entry.ttlMs < hourMs);
  assert.equal(await instance("another secret").token(), "token-2");
});

test("where it cannot be had, each asks for itself and is told why", async () => {
  const store = memoryStore();
  let asked = 0;
  const refresh = async () => {
    asked += 1;
    throw new Error("refused");
  };
  const instance = () => new SharedToken({ store, name: "tokens", secret: () => "s", refresh });
  await assert.rejects(instance().token(), /refused/);
  await assert.rejects(instance().token(), /refused/);
  assert.equal(asked, 2);
});
