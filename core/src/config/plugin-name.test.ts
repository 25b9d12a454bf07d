import assert from "node:assert/strict";
import { test } from "node:test";
import { exportName, readPluginName } from "./plugin-name.ts";

const official = ["alpha", "model-mapping"];

test("paths, also those of Windows, are never packages", () => {
  const paths = [
    "./a.js",
    "../a.js",
    "/opt/a.js",
    ".\\a.js",
    "C:\\my files\\a.js",
    "c:/a.js",
    "\\\\host\\a.js",
  ];
  for (const name of paths) assert.equal(readPluginName(name, official).kind, "path", name);
  assert.equal(exportName("C:\\my files\\plugin-shout-out.js"), "shoutOut");
});

test("a bare word is an official plugin; full names stay as they are", () => {
  assert.equal(readPluginName("alpha", official).name, "@agproxy/plugin-alpha");
  assert.equal(readPluginName("anything", undefined).name, "@agproxy/plugin-anything");
  for (const name of ["@me/alpha", "agproxy-plugin-alpha", "@agproxy/plugin-x", "node:path"]) {
    assert.deepEqual(readPluginName(name, official), { kind: "package", name });
  }
});

test("a word that is no official plugin is told, with what was meant", () => {
  assert.throws(() => readPluginName("alhpa", official), /Did you mean alpha\?/);
  assert.throws(() => readPluginName("plugin-alpha", official), /Did you mean alpha\?/);
  assert.throws(() => readPluginName("left-pad", official), /There are: alpha, model-mapping\./);
});
