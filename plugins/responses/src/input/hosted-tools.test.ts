import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../fixtures/seal.ts";

function reading(tools: readonly object[], fields: object = {}) {
  const { request, ignored } = read({ model: "m", input: "x", tools, ...fields });
  return { hosted: request.hostedTools, tools: request.tools, ignored };
}

const types = [
  ["web_search", "web-search"],
  ["web_search_2025_08_26", "web-search"],
  ["web_search_preview", "web-search"],
  ["web_search_preview_2025_03_11", "web-search"],
  ["code_interpreter", "code-execution"],
  ["url_context", "url-context"],
] as const;

for (const [type, tool] of types) {
  test(`${type} is the vendor's ${tool}`, () => {
    assert.deepEqual(reading([{ type }]), { hosted: [tool], tools: undefined, ignored: [] });
  });
}

test("hosted tools go beside functions, each once", () => {
  const f = { type: "function", name: "f" };
  const tools = [{ type: "web_search" }, f, { type: "web_search_preview" }];
  const { hosted, tools: functions } = reading(tools);
  assert.deepEqual(hosted, ["web-search"]);
  assert.deepEqual(
    functions?.map(({ name }) => name),
    ["f"],
  );
});

test("settings of a hosted tool are named where they ask for something else than happens", () => {
  const search = { type: "web_search", external_web_access: true, search_context_size: "medium" };
  const code = { type: "code_interpreter", container: { type: "auto" } };
  assert.deepEqual(reading([{ ...search, filters: null, user_location: {} }, code]).ignored, []);
  const special = { ...search, external_web_access: false, filters: { allowed_domains: ["a.b"] } };
  const { hosted, ignored } = reading([special, { ...code, container: "cntr_1" }]);
  assert.deepEqual(hosted, ["web-search", "code-execution"]);
  assert.deepEqual(ignored, [
    "tools.web_search.external_web_access",
    "tools.web_search.filters",
    "tools.code_interpreter.container",
  ]);
});

test("a hosted tool that the choice of tools leaves out is not offered", () => {
  const tools = [{ type: "web_search" }, { type: "code_interpreter" }];
  assert.equal(reading(tools, { tool_choice: "none" }).hosted, undefined);
  const allowed = (...list: readonly object[]) =>
    reading(tools, { tool_choice: { type: "allowed_tools", mode: "auto", tools: list } }).hosted;
  assert.deepEqual(allowed({ type: "web_search_preview" }), ["web-search"]);
  assert.equal(allowed({ type: "function", name: "f" }), undefined);
  assert.equal(reading(tools, { tool_choice: "required" }).hosted?.length, 2);
});

test("a summary is written without hosted tools", () => {
  const input = [{ role: "user", content: "x" }, { type: "compaction_trigger" }];
  assert.equal(reading([{ type: "web_search" }], { input }).hosted, undefined);
});

test("the code's output is in its item, whether it is asked for or not", () => {
  const include = ["code_interpreter_call.outputs", "web_search_call.action.sources"];
  const { ignored } = reading([{ type: "code_interpreter" }], { include });
  assert.deepEqual(ignored, ["include.web_search_call.action.sources"]);
});
