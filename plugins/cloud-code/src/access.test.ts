import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type Http } from "@agproxy/core";
import { memoryStore } from "@agproxy/core/testing";
import { accountAccess } from "./access.ts";

const account = { refreshToken: "refresh-1", clientId: "id", clientSecret: "secret" };

test("a token endpoint that does not answer is given up after its time limit, and asked once", async () => {
  let [asked, aborted] = [0, 0];
  const http: Http = {
    send: ({ signal }) => {
      asked += 1;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted += 1;
          reject(new AgproxyError("client_closed_request"));
        });
      });
    },
    close: () => {},
  };
  const access = accountAccess(
    { http, store: memoryStore() },
    account,
    "https://oauth2.example.com/token",
    20,
  );
  await assert.rejects(access.token(), {
    code: "upstream_unreachable",
    message: "Google's token endpoint gave no access token.",
  });
  assert.deepEqual([asked, aborted], [1, 1]);
});

test("where a grant has ended, the error says how it comes back", async () => {
  const body = new TextEncoder().encode('{"error":"invalid_grant"}');
  const http: Http = {
    send: async () => ({
      status: 400,
      headers: { "content-type": "application/json" },
      body: (async function* () {
        yield body;
      })(),
      text: async () => new TextDecoder().decode(body),
    }),
    close: () => {},
  };
  const url = "https://oauth2.example.com/token";
  const access = accountAccess({ http, store: memoryStore() }, account, url);
  await assert.rejects(access.token(), {
    code: "account_suspended",
    advice: "Sign in again: `agproxy login`, with the account's label as --label.",
  });
});
