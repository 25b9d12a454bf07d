import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Plugin, type Store } from "@agproxy/core";
import { memoryStore, startGateway } from "@agproxy/core/testing";

function bringing(name: string, openStore: NonNullable<Plugin["openStore"]>): Plugin {
  return definePlugin({ name, openStore, apply: () => undefined });
}

test("a plugin's store is there before any plugin is applied, and is closed at the end", async () => {
  let isClosed = false;
  const brought = { ...memoryStore(), close: () => void (isClosed = true) };
  const seen: Store[] = [];
  const first = definePlugin({ name: "first", apply: ({ store }) => void seen.push(store) });
  {
    await using gateway = await startGateway({ plugins: [first, bringing("kept", () => brought)] });
    assert.match(gateway.url, /^http/);
    assert.equal(isClosed, false);
  }
  assert.deepEqual(seen, [brought]);
  assert.equal(isClosed, true);
});

test("without one the store is in memory and nobody else's", async () => {
  let isShared: boolean | undefined;
  const look = definePlugin({
    name: "look",
    apply: ({ store }) => void (isShared = store.isShared),
  });
  await using gateway = await startGateway({ plugins: [look] });
  assert.match(gateway.url, /^http/);
  assert.equal(isShared, false);
});

test("two stores, or a store and a file, stop the start and say what to remove", async () => {
  const one = bringing("one", () => memoryStore());
  const two = bringing("two", () => memoryStore());
  await assert.rejects(startGateway({ plugins: [one, two] }), {
    name: "ConfigError",
    message:
      'Plugins "one" and "two" both bring a store, and all plugins share one. Remove one of them.',
  });
  await assert.rejects(startGateway({ plugins: [one], store: "kept.sqlite" }), {
    name: "ConfigError",
    message:
      'store: plugin "one" brings the store, and the config names "kept.sqlite". Remove `store` or the plugin.',
  });
});

test("a store that cannot be opened stops the start, with the plugin's reason", async () => {
  const broken = bringing("broken", () => Promise.reject(new Error("The door is locked.")));
  await assert.rejects(startGateway({ plugins: [broken] }), {
    name: "ConfigError",
    message: 'Plugin "broken" cannot open the store.\nThe door is locked.',
  });
});
