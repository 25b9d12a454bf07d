import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "@agproxy/core";
import { read } from "../fixtures/reading.ts";

const schema = { type: "object", properties: { city: { type: "string" } } };
const weather = { name: "weather", description: "The weather.", input_schema: schema };

test("a tool of the client's, with what it says about it", () => {
  const { request, ignored } = read({
    tools: [
      { ...weather, strict: true, defer_loading: true, cache_control: { type: "ephemeral" } },
      { type: "custom", name: "later", input_examples: [{ city: "Paris" }] },
      { name: "inner", allowed_callers: ["code_execution_20250825"] },
    ],
  });
  assert.deepEqual(request.tools, [
    { name: "weather", description: "The weather.", parameters: schema, strict: true },
    { name: "later", description: 'Examples of input:\n{"city":"Paris"}' },
    { name: "inner" },
  ]);
  assert.deepEqual(ignored, ["tools.allowed_callers"]);
});

test("tools of the vendor's side; those that no vendor has are named", () => {
  const { request, ignored } = read({
    tools: [
      { type: "web_search_20250305", name: "web_search", max_uses: 3, blocked_domains: [] },
      { type: "web_fetch_20260318", name: "web_fetch" },
      { type: "code_execution_20260521", name: "code_execution" },
      { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" },
      { type: "advisor_20260301", name: "advisor" },
      { type: "mcp_toolset", mcp_server_name: "x" },
    ],
  });
  assert.deepEqual(request.hostedTools, ["web-search", "url-context", "code-execution"]);
  assert.equal(request.tools, undefined);
  assert.deepEqual(ignored, ["tools.web_search.max_uses", "tools.advisor", "tools.mcp_toolset"]);
});

const fieldsOf = (tool: object) => {
  const [one] = read({ tools: [tool] }).request.tools ?? [];
  const properties = one?.parameters?.["properties"];
  assert.ok(one !== undefined && isObject(properties) && (one.description ?? "") !== "");
  const { command, action } = properties;
  const words = [command, action].find((field) => isObject(field) && field["enum"]);
  return [one.name, Object.keys(properties), isObject(words) ? words["enum"] : undefined];
};

test("tools that Anthropic's models know are functions with the parameters that Anthropic documents", () => {
  assert.deepEqual(fieldsOf({ type: "bash_20250124", name: "bash" }), [
    "bash",
    ["command", "restart"],
    undefined,
  ]);
  const [newer, newerFields, newerCommands] = fieldsOf({ type: "text_editor_20250728" });
  assert.equal(newer, "str_replace_based_edit_tool");
  assert.deepEqual(newerCommands, ["view", "create", "str_replace", "insert"]);
  assert.ok(Array.isArray(newerFields) && newerFields.includes("insert_text"));
  const [older, olderFields, olderCommands] = fieldsOf({ type: "text_editor_20250124" });
  assert.equal(older, "str_replace_editor");
  assert.ok(Array.isArray(olderCommands) && olderCommands.includes("undo_edit"));
  assert.ok(Array.isArray(olderFields) && !olderFields.includes("insert_text"));
  const [, , memory] = fieldsOf({ type: "memory_20250818" });
  assert.deepEqual(memory, ["view", "create", "str_replace", "insert", "delete", "rename"]);
  const screen = { display_width_px: 800, display_height_px: 600, enable_zoom: true };
  const [, zoomed, actions] = fieldsOf({ type: "computer_20251124", ...screen });
  assert.ok(Array.isArray(zoomed) && zoomed.includes("region") && zoomed.includes("duration"));
  assert.ok(Array.isArray(actions) && actions.includes("zoom") && actions.includes("scroll"));
  const [, , first] = fieldsOf({ type: "computer_20241022", ...screen, enable_zoom: false });
  assert.ok(Array.isArray(first) && !first.includes("scroll") && first.includes("left_click"));
});

const choice = (tool_choice: object, tools: readonly object[] = [weather]) => {
  const { request, ignored } = read({ tools, tool_choice });
  return [request.toolChoice, request.parallelToolCalls, request.hostedTools, ignored];
};

test("choices of tools", () => {
  const one = { disable_parallel_tool_use: true };
  assert.deepEqual(choice({ type: "auto", ...one }), [{ mode: "auto" }, false, undefined, []]);
  assert.deepEqual(choice({ type: "any" }), [{ mode: "required" }, undefined, undefined, []]);
  assert.deepEqual(choice({ type: "tool", name: "weather" }), [
    { mode: "required", names: ["weather"] },
    undefined,
    undefined,
    [],
  ]);
  const search = { type: "web_search_20250305", name: "web_search" };
  assert.deepEqual(choice({ type: "none" }, [search]), [
    { mode: "none" },
    undefined,
    undefined,
    [],
  ]);
  assert.deepEqual(choice({ type: "tool", name: "web_search" }, [search]), [
    undefined,
    undefined,
    ["web-search"],
    ["tool_choice"],
  ]);
});
