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
