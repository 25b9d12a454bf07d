/** The promise: nothing but a key opens, and no state of the key file lets anybody in whom it should not, or locks out whom it has. */
import assert from "node:assert/strict";
import { chmod, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { auth } from "@agproxy/plugin-auth";
import { startGateway } from "agproxy/testing";
import { newKey } from "../../plugins/auth/src/key-file/key-text.ts";
import { folder } from "../support/folder.ts";
import { keyedGateway, type KeyedGateway } from "../support/keyed-gateway.ts";

async function status({ url }: { readonly url: string }, key: string): Promise<number> {
  const response = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  const text = await response.text();
  assert.ok(!text.includes(key.slice(11)));
  return response.status;
}

const faults = ({ log }: KeyedGateway) =>
  log.filter(({ msg }) => msg === "the key file cannot be used; the keys stay as they were");

suite("wrong keys", () => {
  test("huge, cut short, with another's checksum, in other letters, or twice", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop");
    const other = newKey();
    for (const wrong of [
      `sk-agp-${"a".repeat(15_000)}`,
      key + key,
      key.slice(0, -1),
      `${key}0`,
      key.slice(0, -6) + other.slice(-6),
      key.toUpperCase(),
      other,
    ]) {
      assert.equal(await status(gateway, wrong), 401, wrong.slice(0, 80));
    }
    assert.equal(await status(gateway, `sk-agp-${"a".repeat(20_000)}`), 431);
    assert.equal(await status(gateway, key), 200);
  });

  test("a thousand unknown keys do not read a file again that has not changed", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop");
    assert.equal(await status(gateway, key), 200);
    await truncate(gateway.file);
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => status(gateway, newKey())));
    }
    assert.equal(faults(gateway).length, 1);
  });
});

suite("the file", () => {
  const wrecks: Readonly<Record<string, (file: string) => Promise<void>>> = {
    empty: (file) => truncate(file),
    "cut short": (file) => truncate(file, 40),
    "no JSON": (file) => writeFile(file, "sk-agp-not-json"),
    "of another form": (file) => writeFile(file, '{ "version": 1, "keys": [{ "name": 1 }] }'),
    "of a later version": (file) => writeFile(file, '{ "version": 2, "keys": [] }'),
    "open to others' writing": (file) => chmod(file, 0o666),
  };

  for (const [what, wreck] of Object.entries(wrecks)) {
    test(`${what}: the log says so, the keys stay as they were, and a good file counts again`, async () => {
      await using gateway = await keyedGateway();
      const key = await gateway.add("laptop");
      assert.equal(await status(gateway, key), 200);
      const good = await readFile(gateway.file, "utf8");
      await wreck(gateway.file);
      assert.equal(await status(gateway, key), 200);
      assert.equal(await status(gateway, key), 200);
      assert.equal(await status(gateway, newKey()), 401);
      const [told, ...more] = faults(gateway);
      assert.deepEqual(more, []);
      assert.match(JSON.stringify(told), /The key file .*keys\.json cannot be used/);
      assert.ok(!JSON.stringify(gateway.log).includes("not-json"));
      await rm(gateway.file);
      await writeFile(gateway.file, good, { mode: 0o600 });
      await gateway.keys("revoke laptop");
      assert.equal(await status(gateway, key), 401);
    });

    test(`${what} at the start: no start`, async () => {
      await using place = await folder();
      const file = join(place.path, "keys.json");
      await writeFile(file, '{ "version": 1, "keys": [] }\n');
      await wreck(file);
      await assert.rejects(startGateway({ plugins: [auth({ file })] }), /cannot be used/);
    });
  }

  test("deleted: all its keys are unknown", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop");
    assert.equal(await status(gateway, key), 200);
    await rm(gateway.file);
    assert.equal(await status(gateway, key), 401);
  });
});
