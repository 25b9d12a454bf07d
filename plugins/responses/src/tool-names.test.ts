import assert from "node:assert/strict";
import { test } from "node:test";
import { ToolNames, type ToolOrigin } from "./tool-names.ts";

test("grouped tools get legal names, and their calls find the way back", () => {
  const names = new ToolNames();
  const long = "x".repeat(60);
  const origins: readonly ToolOrigin[] = [
    { kind: "function", name: "b", namespace: "a" },
    { kind: "function", name: "a__b" },
    { kind: "custom", name: long, namespace: "server.one" },
    { kind: "function", name: long, namespace: "server_one" },
  ];
  const declared = origins.map((origin) => names.declare(origin) ?? "");
  assert.equal(declared[0], "a__b");
  assert.equal(new Set(declared).size, origins.length);
  for (const [index, name] of declared.entries()) {
    assert.match(name, /^[A-Za-z0-9_-]{1,64}$/);
    assert.deepEqual(names.origin(name), origins[index]);
    assert.equal(names.nameOf(origins[index]?.namespace, origins[index]?.name ?? ""), name);
  }
});

test("a tool that is declared twice is one tool", () => {
  const names = new ToolNames();
  assert.equal(names.declare({ kind: "function", name: "a" }), "a");
  assert.equal(names.declare({ kind: "function", name: "a" }), undefined);
});
