import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "@agproxy/core";
import { defaults, type DefaultsOptions, officialPlugins } from "./defaults.ts";

const entry = (options: DefaultsOptions, wanted: string, environment = {}) =>
  defaults(options, environment).find((each) => Array.isArray(each) && each[0] === wanted);

test("the sandbox answers where no upstream has an account, and only there", () => {
  const accounts = [{ refreshToken: "r", clientId: "c", clientSecret: "s" }];
  assert.deepEqual(entry({}, "sandbox"), ["sandbox", { standIn: true }]);
  assert.deepEqual(entry({}, "gemini"), ["gemini", {}], "for accounts of the accounts file");
  assert.equal(entry({}, "sandbox", { GEMINI_API_KEY: "one" }), undefined);
  assert.equal(entry({ gemini: { keys: "one" } }, "sandbox"), undefined);
  assert.equal(
    entry({ "cloud-code": { accounts, iUnderstandTheRisk: true } }, "sandbox"),
    undefined,
  );
  assert.equal(entry({ vertex: { accounts: [{ key: "k" }] } }, "sandbox"), undefined);
  assert.equal(entry({ "openai-compatible": { baseUrl: "http://a" } }, "sandbox"), undefined);
  assert.equal(entry({ sandbox: false }, "sandbox"), undefined);
  const both = { gemini: { keys: "one" }, sandbox: { accounts: 1 } };
  assert.deepEqual(entry(both, "sandbox"), ["sandbox", { accounts: 1 }]);
});

test("keys come from the environment, and the config's own win", () => {
  const environment = { GEMINI_API_KEY: "one", GEMINI_BASE_URL: "http://x", AGPROXY_API_KEY: "ag" };
  const gemini = ["gemini", { keys: "one", baseUrl: "http://x" }];
  assert.deepEqual(entry({}, "gemini", environment), gemini);
  assert.deepEqual(entry({}, "auth", environment), ["auth", { keys: "ag" }]);
  const strict = ["auth", { mode: "strict", keys: "ag" }];
  assert.deepEqual(entry({ auth: { mode: "strict" } }, "auth", environment), strict);
  assert.deepEqual(entry({ auth: { keys: "k" } }, "auth", environment), ["auth", { keys: "k" }]);
  const kept = { AGPROXY_KEY_FILE: "/keys.json" };
  assert.deepEqual(entry({}, "auth", kept), ["auth", { keys: undefined, file: "/keys.json" }]);
  const own = { gemini: { accounts: [{ key: "two" }] } };
  assert.deepEqual(entry(own, "gemini", environment), ["gemini", own.gemini]);
  assert.equal(entry({ gemini: false }, "gemini", environment), undefined);
});

test("a shared store comes with the environment, or with options", () => {
  const environment = { AGPROXY_REDIS_URL: "redis://a" };
  assert.deepEqual(entry({}, "redis", environment), ["redis", { url: "redis://a" }]);
  assert.deepEqual(entry({ redis: {} }, "redis", environment), ["redis", {}]);
  assert.equal(entry({ redis: false }, "redis", environment), undefined);
  assert.equal(entry({}, "redis"), undefined);
});

test("a plugin stands in the place of another, and false leaves one out", () => {
  const mine = definePlugin({ name: "mine", apply: () => {} });
  const list = defaults({ guard: mine, auth: false }, {});
  assert.equal(list[0], mine);
  assert.deepEqual(list[1], ["openai", {}]);
});

const wrong = (options: object) => () => defaults(options, {});

test("a name or a choice that is none is told", () => {
  assert.throws(wrong({ modelMapping: {} }), /"modelMapping"\. Did you mean "model-mapping"\?/);
  assert.throws(wrong({ colours: {} }), new RegExp(`There are: ${officialPlugins.join(", ")}`));
  assert.throws(wrong({ rotation: () => {} }), /rotation must be .*did you forget to call it\?/);
  assert.throws(wrong([]), /must be an object/);
});
