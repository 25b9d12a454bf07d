import assert from "node:assert/strict";
import { test } from "node:test";
import { pluginFiles, pluginNames } from "./plugin-template.ts";

test("a plugin has one name in each place, however it is asked for", () => {
  const notes = {
    package: "agproxy-plugin-my-notes",
    folder: "agproxy-plugin-my-notes",
    plugin: "my-notes",
    factory: "myNotes",
  };
  assert.deepEqual(pluginNames("my-notes"), notes);
  assert.deepEqual(pluginNames("agproxy-plugin-my-notes"), notes);
  const mine = { ...notes, package: "@me/my-notes", folder: "my-notes" };
  assert.deepEqual(pluginNames("@me/my-notes"), mine);
});

test("a name that cannot be one is refused with one that can", () => {
  const names = [
    "",
    "MyNotes",
    "my_notes",
    "../notes",
    "a/b",
    "@me",
    "@me/",
    "1st",
    "switch",
    "plugin-",
  ];
  for (const name of names) {
    assert.throws(() => pluginNames(name), /cannot be the name of a plugin\. .*my-notes/, name);
  }
});

test("the files of the template get the new names, and nothing else of them changes", () => {
  const manifest = {
    name: "@agproxy/plugin-greet",
    license: "MIT",
    files: ["dist", "!dist/**/*.test.*", "src"],
    exports: { ".": { "@agproxy/source": "./src/index.ts", default: "./dist/index.js" } },
  };
  const source = `export interface GreetOptions {}
export function greet(options: GreetOptions) {
  return { name: "greet", say: () => "greets, greeting" };
}
`;
  const template = new Map([
    ["package.json", JSON.stringify(manifest)],
    ["src/index.ts", source],
    ["LICENSE", "MIT"],
  ]);
  const files = pluginFiles(template, pluginNames("my-notes"));
  assert.deepEqual([...files.keys()], [".gitignore", "package.json", "src/index.ts"]);
  assert.deepEqual(JSON.parse(files.get("package.json") ?? ""), {
    name: "agproxy-plugin-my-notes",
    files: ["dist", "!dist/**/*.test.*"],
    exports: { ".": { default: "./dist/index.js" } },
  });
  assert.equal(
    files.get("src/index.ts"),
    `export interface MyNotesOptions {}
export function myNotes(options: MyNotesOptions) {
  return { name: "my-notes", say: () => "greets, greeting" };
}
`,
  );
});
