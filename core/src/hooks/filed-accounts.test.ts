import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { accountOf } from "./account-options.ts";
import { AccountPool } from "./account-pool.ts";
import { FiledAccounts } from "./filed-accounts.ts";
import { accountsOf } from "./plugin-accounts.ts";

const upstream = { name: "none", send: () => Promise.reject(new Error("not sent in this test")) };

test("a change of the accounts file of which one account cannot be added changes none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filed-accounts-"));
  const path = join(folder, "accounts.json");
  const write = async (...labels: readonly string[]) => {
    const accounts = labels.map((label) => ({ kind: "mine", label }));
    await writeFile(`${path}.draft`, JSON.stringify({ version: 1, accounts }), { mode: 0o600 });
    await rename(`${path}.draft`, path);
  };
  const failed = Promise.withResolvers<void>();
  const log = { debug() {}, info() {}, warn() {}, error: () => failed.resolve() };
  const pool = new AccountPool();
  const filed = new FiledAccounts(path, pool, log);
  await write("first", "second");
  // Core refuses a prefix with a slash in it; this plugin's own check does not.
  const kind = {
    secrets: [],
    read: (options: unknown) => (options as { readonly label: string }).label,
  };
  filed.follow("mine", accountsOf("mine", pool), kind, (label) =>
    accountOf(label === "bad" ? { prefix: "a/b" } : {}, { id: label, label, upstream }),
  );
  const labels = () => pool.all.map(({ label }) => label).toSorted();
  assert.deepEqual(labels(), ["first", "second"]);
  await write("second", "third", "bad");
  await failed.promise;
  assert.deepEqual(labels(), ["first", "second"]);
  filed.close();
  await rm(folder, { recursive: true });
});
