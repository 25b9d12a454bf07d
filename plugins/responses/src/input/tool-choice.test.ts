import assert from "node:assert/strict";
import { test } from "node:test";
import { read as readRequest } from "../fixtures/seal.ts";

const tools = [
  { type: "function", name: "a" },
  { type: "namespace", name: "n", tools: [{ type: "function", name: "b" }] },
];

function choice(tool_choice: unknown) {
  return readRequest({ model: "m", input: "x", tools, tool_choice }).request.toolChoice;
}

test("every form of a tool choice", () => {
  assert.deepEqual(choice("auto"), { mode: "auto" });
  assert.deepEqual(choice("none"), { mode: "none" });
  assert.deepEqual(choice("required"), { mode: "required" });
  assert.deepEqual(choice({ type: "function", name: "a" }), { mode: "required", names: ["a"] });
  assert.deepEqual(choice({ type: "custom", name: "p" }), { mode: "required", names: ["p"] });
  assert.deepEqual(choice({ type: "function", name: "b", namespace: "n" }), {
    mode: "required",
    names: ["n__b"],
  });
  const allowed = [{ type: "function", name: "a" }, { type: "web_search" }];
  assert.deepEqual(choice({ type: "allowed_tools", mode: "required", tools: allowed }), {
    mode: "required",
    names: ["a"],
  });
  assert.equal(choice({ type: "allowed_tools", mode: "auto", tools: [] }), undefined);
  assert.equal(choice({ type: "web_search" }), undefined);
});
