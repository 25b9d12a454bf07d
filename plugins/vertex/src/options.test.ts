import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointOf } from "./endpoint.ts";
import { readVertexOptions, type VertexOptions } from "./options.ts";

const file = { client_email: "robot@p.iam", private_key: "secret-key", project_id: "p" };

const credentials = (account: NonNullable<VertexOptions["accounts"]>[number]) =>
  readVertexOptions({ accounts: [account] }).accounts[0]?.credentials;

test("how an account proves who it is", () => {
  const account = { email: "robot@p.iam", privateKey: "secret-key", project: "p" };
  assert.deepEqual(credentials({ serviceAccount: file }), { by: "service account", account });
  assert.deepEqual(credentials({ serviceAccount: JSON.stringify(file) }), {
    by: "service account",
    account,
  });
  assert.deepEqual(credentials({ serviceAccountFile: "a.json" }), { by: "file", path: "a.json" });
  assert.deepEqual(credentials({ key: "k" }), { by: "key", key: "k" });
  assert.deepEqual(credentials({}), { by: "environment" });
});

test("accounts may come from the accounts file alone", () => {
  assert.deepEqual(readVertexOptions({}).accounts, []);
});

test("where models run", () => {
  assert.equal(readVertexOptions({ accounts: [{}] }).accounts[0]?.location, "global");
  assert.equal(endpointOf("global"), "https://aiplatform.googleapis.com");
  assert.equal(endpointOf("eu"), "https://aiplatform.eu.rep.googleapis.com");
  assert.equal(endpointOf("europe-west4"), "https://europe-west4-aiplatform.googleapis.com");
});

test("a wrong option is named, with a way to write it", () => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    [{ accounts: [] }, /`accounts` must have at least one/],
    [{ accounts: [{ key: "k", serviceAccountFile: "f" }] }, /`accounts\.0` must have one of/],
    [{ accounts: [{ serviceAccount: "{}" }] }, /`accounts\.0\.serviceAccount` must be the content/],
    [{ accounts: [{ location: "Europe West" }] }, /`accounts\.0\.location` must be a region/],
    [{ accounts: [{ project: "a/b" }] }, /`accounts\.0\.project` must be a project's id/],
    [{ accounts: [{ key: "a b" }] }, /`accounts\.0\.key` must be a key without blanks/],
    [{ accounts: [{ proxy: "http://p" }] }, /`accounts\.0\.proxy` needs `serviceAccountFile`/],
    [{ accounts: [{ region: "eu" }] }, /`accounts\.0\.region` is no option/],
    [{ accounts: [{}], baseUrll: "x" }, /Did you mean `baseUrl`\?/],
  ];
  for (const [options, complaint] of table) {
    assert.throws(() => readVertexOptions(options as VertexOptions), complaint);
  }
  const wrong = { accounts: [{ serviceAccount: { private_key: "secret-key" } }] };
  assert.throws(
    () => readVertexOptions(wrong),
    (error: Error) => !error.message.includes("secret-key"),
  );
});
