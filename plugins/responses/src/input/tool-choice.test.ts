import assert from "node:assert/strict";
import { test } from "node:test";
import { read as readRequest } from "../fixtures/seal.ts";

const tools = [
  { type: "function", name: "a" },
  { type: "namespace", name: "n", tools: [{ type: "function", name: "b" }] },
  { type: "shell" },
];

function choice(tool_choice: unknown) {
  return readRequest({ model: "m", input: "x", tools, tool_choice }).request.toolChoice;
}

test("every form of a tool choice", () => {
  assert.deepEqual(choice("auto"), { mode: "auto" });
  assert.deepEqual(choice("none"), { mode: "none" });
  assert.deepEqual(choice("required"), { mode: "required" });
  assert.deepEqual(choice("any"), { mode: "required" });
  assert.deepEqual(choice({ type: "any" }), { mode: "required" });
  assert.deepEqual(choice({ type: "function", name: "a" }), { mode: "required", names: ["a"] });
  assert.deepEqual(choice({ type: "custom", name: "p" }), { mode: "required", names: ["p"] });
  assert.deepEqual(choice({ type: "function", name: "b", namespace: "n" }), {
    mode: "required",
    names: ["n__b"],
  });
  const mixed = [{ type: "function", name: "a" }, { type: "web_search" }];
  assert.deepEqual(choice({ type: "allowed_tools", mode: "required", tools: mixed }), {
    mode: "required",
    names: ["a"],
  });
  assert.equal(choice({ type: "allowed_tools", mode: "auto", tools: [] }), undefined);
  assert.equal(choice({ type: "web_search" }), undefined);
});

const allowed = (...list: readonly object[]) =>
  choice({ type: "allowed_tools", mode: "auto", tools: list });

test("allowed tools of the client are allowed by name or by type, and no other is", () => {
  const shell = { type: "shell" };
  assert.deepEqual(allowed(shell), { mode: "auto", names: ["shell"] });
  assert.deepEqual(allowed(shell, { type: "function", name: "a" }), {
    mode: "auto",
    names: ["shell", "a"],
  });
  assert.deepEqual(allowed({ type: "web_search" }), { mode: "none" });
  assert.deepEqual(allowed({ type: "mcp", server_label: "s" }), { mode: "none" });
});

test("a Response repeats a choice in the API's own words", () => {
  const { echoed } = readRequest({ model: "m", input: "x", tools, tool_choice: "any" });
  assert.equal(echoed["tool_choice"], "required");
});
