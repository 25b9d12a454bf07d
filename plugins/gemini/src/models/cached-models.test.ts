import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account, Log } from "@agproxy/core";
import { cachedModels } from "./cached-models.ts";

const account = (label: string): Account => ({
  id: label,
  label,
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
});
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

test("an account that never answers takes nothing from the time of the next one", async () => {
  const models = cachedModels({
    name: "gemini",
    log: quiet,
    accounts: { all: [account("hangs"), account("good")] },
    now: () => 0,
    timeoutMs: 20,
    async modelsOf({ label }, signal) {
      if (label === "good") {
        signal.throwIfAborted();
        return [{ id: "a", ownedBy: "google" }];
      }
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
    },
  });
  assert.deepEqual(await models(), [{ id: "a", ownedBy: "google" }]);
});

test("the list is asked for anew as soon as the accounts change, and of none that is disabled", async () => {
  const asked: string[] = [];
  let all = [account("one")];
  const models = cachedModels({
    name: "gemini",
    log: quiet,
    accounts: {
      get all() {
        return all;
      },
    },
    now: () => 0,
    async modelsOf({ label }) {
      asked.push(label);
      return [{ id: label, ownedBy: "google" }];
    },
  });
  await models();
  await models();
  all = [{ ...account("out"), disabled: true }, account("two")];
  assert.deepEqual(await models(), [{ id: "two", ownedBy: "google" }]);
  all = [];
  assert.deepEqual(await models(), []);
  assert.deepEqual(asked, ["one", "two"]);
});
