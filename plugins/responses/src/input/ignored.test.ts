import assert from "node:assert/strict";
import { test } from "node:test";
import { read as readRequest } from "../fixtures/seal.ts";

function read(fields: object) {
  return readRequest({ model: "m", input: "Hi", ...fields });
}

test("what cannot be honoured is named", () => {
  const { ignored } = read({
    store: true,
    background: true,
    truncation: "auto",
    service_tier: "flex",
    max_tool_calls: 3,
    text: { verbosity: "high" },
    include: ["reasoning.encrypted_content", "web_search_call.results"],
    tool_choice: { type: "web_search" },
    tools: [{ type: "mcp", server_label: "x" }],
  });
  assert.deepEqual(ignored, [
    "max_tool_calls",
    "service_tier",
    "truncation",
    "include.web_search_call.results",
    "tools.mcp",
    "tool_choice.web_search",
    "text.verbosity",
  ]);
});

test("names from a client are fit for a header, and not more than fit in one", () => {
  const tools = Array.from({ length: 200 }, (_, index) => ({ type: `x\r\n,${index}日本` }));
  const { ignored } = read({ tools });
  assert.equal(ignored.length, 40);
  for (const name of ignored) assert.match(name, /^[\w.[\]-]{1,80}$/);
});
