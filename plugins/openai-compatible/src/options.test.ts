import assert from "node:assert/strict";
import { test } from "node:test";
import { type OpenaiCompatibleOptions, readCompatibleOptions } from "./options.ts";
import { serverAccount } from "./server-account.ts";

test("one account, or a list", () => {
  const one = readCompatibleOptions({ baseUrl: "http://127.0.0.1:8080", key: "k", models: ["a"] });
  assert.deepEqual(one, {
    name: "openai-compatible",
    accounts: [{ baseUrl: "http://127.0.0.1:8080", key: "k", models: ["a"] }],
  });
  const accounts = [{ baseUrl: "https://a" }, { baseUrl: "https://b", label: "b" }];
  assert.deepEqual(readCompatibleOptions({ accounts, name: "more" }), { name: "more", accounts });
});

test("a wrong option is named, with a way to write it", () => {
  const baseUrl = "http://a";
  const table: readonly (readonly [unknown, RegExp])[] = [
    [
      { baseUrl, accounts: [{ baseUrl }] },
      /`baseUrl` and `accounts` cannot both be given\. Write it like this/,
    ],
    [{ accounts: [] }, /`accounts` must have at least one/],
    [{ accounts: [{ baseUrl }], key: "k" }, /`key` must be in each of the `accounts`/],
    [{ baseUrl: "ftp://a" }, /`baseUrl` must be a URL/],
    [{ baseUrl, key: "a b" }, /`key` must be a key without blanks/],
    [{ baseUrl, server: "opnai" }, /`server` must be one of .* did you mean openai\?/],
    [{ baseUrl, prefix: "a/b" }, /`prefix` must be a word/],
    [{ baseUrl, baseUrll: 1 }, /there is no option `baseUrll`\. Did you mean `baseUrl`\?/],
    [{ accounts: [{ baseUrl, lable: "x" }] }, /`accounts\.0\.lable` is no option/],
  ];
  for (const [options, complaint] of table) {
    assert.throws(() => readCompatibleOptions(options as OpenaiCompatibleOptions), complaint);
  }
});

const url = (baseUrl: string) => serverAccount({ baseUrl }).url("/models");

test("the base URL may be the server's, a method's, or have a query", () => {
  assert.equal(url("http://127.0.0.1:11434"), "http://127.0.0.1:11434/v1/models");
  assert.equal(url("http://127.0.0.1:11434/v1/"), "http://127.0.0.1:11434/v1/models");
  assert.equal(
    url("https://openrouter.ai/api/v1/chat/completions"),
    "https://openrouter.ai/api/v1/models",
  );
  const azure = "https://x.openai.azure.com/openai/deployments/d?api-version=2025-01-01";
  assert.equal(
    url(azure),
    "https://x.openai.azure.com/openai/deployments/d/models?api-version=2025-01-01",
  );
});

const kind = (baseUrl: string) => serverAccount({ baseUrl }).kind;

const isGateway = (server?: "agproxy") =>
  serverAccount({ baseUrl: "http://a", server }).kind.isGateway;

test("the kind of server is told by its host, or by the option", () => {
  assert.equal(isGateway(), false);
  assert.equal(isGateway("agproxy"), true);
  assert.equal(kind("https://api.openai.com/v1").tokenLimit, "max_completion_tokens");
  assert.equal(kind("https://openrouter.ai/api/v1").probePath, "/key");
  assert.equal(kind("https://notopenai.com.example/v1").tokenLimit, "max_tokens");
});
