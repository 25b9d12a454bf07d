import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "@agproxy/core";
import { hostedTool, ignoredSettings, searches, toolType } from "./hosted-tools.ts";

for (const [type, expected] of [
  ["web_search", "web-search"],
  ["web_search_preview", "web-search"],
  ["web_search_2025_08_26", "web-search"],
  ["web_search_preview_2025_03_11", "web-search"],
  ["google_search", "web-search"],
  ["code_interpreter", "code-execution"],
  ["code_execution", "code-execution"],
  ["url_context", "url-context"],
  ["function", undefined],
  ["file_search", undefined],
  ["previewer", undefined],
  ["web_search_previews", undefined],
  ["constructor", undefined],
  ["", undefined],
] as const) {
  test(`the hosted tool of type "${type}": ${expected}`, () => {
    assert.equal(hostedTool(type), expected);
  });
}

for (const [tool, expected] of [
  [{ type: "web_search" }, "web_search"],
  [{ type: "function", function: { name: "f" } }, "function"],
  [{ function: { name: "f" } }, "function"],
  [{ name: "f" }, "function"],
  [{ name: "f", parameters: {} }, "function"],
  [{ googleSearch: {} }, "google_search"],
  [{ google_search: null }, "google_search"],
  [{ type: "", codeExecution: {} }, "code_execution"],
  [{ type: null, urlContext: {} }, "url_context"],
  [{ googleSearch: {}, codeExecution: {} }, "function"],
  [{}, undefined],
  [{ type: null }, undefined],
] as const) {
  test(`the type of ${JSON.stringify(tool)}: ${expected}`, () => {
    assert.equal(toolType(Fields.of(tool, "tools[0]")), expected);
  });
}

const ignored = (settings: object) =>
  ignoredSettings(Fields.of({ type: "web_search", ...settings }, "tools[0]"), "tools.web_search");

test("settings that ask for nothing, or for what happens anyway, are not named", () => {
  for (const filters of [null, "", {}, []]) assert.deepEqual(ignored({ filters }), []);
  const usual = {
    container: { type: "auto" },
    external_web_access: true,
    search_content_types: ["text"],
    search_context_size: "medium",
  };
  assert.deepEqual(ignored(usual), []);
  for (const value of Object.values(usual)) {
    assert.deepEqual(ignored({ other: value }), ["tools.web_search.other"]);
  }
});

test("settings that ask for something else are named", () => {
  const asking = {
    external_web_access: false,
    search_context_size: "high",
    filters: { allowed_domains: ["a.example"] },
  };
  const names = Object.keys(asking).map((key) => `tools.web_search.${key}`);
  assert.deepEqual(ignored(asking), names);
});

test("models that search without being told to", () => {
  for (const model of [
    "gpt-4o-search-preview",
    "gpt-4o-mini-search-preview-2025-03-11",
    "gpt-5-search-api",
    "gpt-5-search-api-2025-10-14",
    "GPT-4o-Search-Preview",
    "some-model-online",
  ]) {
    assert.ok(searches(model), model);
  }
  for (const model of ["gpt-4o", "search-preview-x", "gpt-4o-search-previews", "online", ""]) {
    assert.ok(!searches(model), model);
  }
});
