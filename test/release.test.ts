/** The promise: what would go wrong after a release is found before it. The release itself is run in packed.test.ts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { folder } from "./support/folder.ts";
import { contentFaults, manifestFaults, typeFaults } from "./support/package-faults.ts";
import {
  changelogFaults,
  inOrder,
  type Manifest,
  versionFaults,
  type Workspace,
} from "./support/release-state.ts";

const core = { name: "@agproxy/core", version: "1.2.3", license: "MIT" };
const plugin = {
  ...core,
  name: "@agproxy/plugin-x",
  dependencies: { valibot: "1.5.0" },
  peerDependencies: { "@agproxy/core": "^1.2.3" },
};
const root = {
  ...core,
  name: "agproxy",
  dependencies: { "@agproxy/core": "1.2.3", "@agproxy/plugin-x": "1.2.3" },
};

function workspaces(changes: Partial<Manifest> = {}): readonly Workspace[] {
  return [
    { folder: "", manifest: root },
    { folder: "plugins/x", manifest: { ...plugin, ...changes } },
    { folder: "core", manifest: core },
  ];
}

const locked = { "": root, "plugins/x": plugin, core };

test("versions that do not fit are named", () => {
  assert.deepEqual(versionFaults(workspaces(), locked), []);
  const faults = (changes: Partial<Manifest>) =>
    versionFaults(workspaces(changes), { ...locked, "plugins/x": { ...plugin, ...changes } });
  assert.deepEqual(faults({ version: "1.2.2" }), ["@agproxy/plugin-x is 1.2.2, not 1.2.3"]);
  assert.deepEqual(faults({ peerDependencies: { "@agproxy/core": "1.2.3" } }), [
    "@agproxy/plugin-x wants @agproxy/core 1.2.3, not ^1.2.3",
  ]);
  assert.deepEqual(faults({ dependencies: { "@agproxy/plugin-y": "1.2.2" } }), [
    "@agproxy/plugin-x wants @agproxy/plugin-y 1.2.2, not 1.2.3",
  ]);
  assert.deepEqual(faults({ license: "" }), ["@agproxy/plugin-x has no licence"]);
  assert.deepEqual(versionFaults(workspaces(), { ...locked, core: { version: "1.2.2" } }), [
    "package-lock.json is behind @agproxy/core: run npm install",
  ]);
});

test("the changelog begins with the version, and with its day", () => {
  const begin = "# Changelog\n\n";
  assert.deepEqual(
    changelogFaults(`${begin}## 1.2.3, 2026-11-30\n\n## 1.2.2, unreleased`, "1.2.3"),
    [],
  );
  assert.match(changelogFaults(`${begin}## 1.2.3, unreleased\n`, "1.2.3").join(), /YYYY-MM-DD/);
  assert.match(changelogFaults(`${begin}## 1.2.3\n`, "1.2.3").join(), /YYYY-MM-DD/);
  assert.match(changelogFaults(`${begin}## 1.2.2, 2026-11-30`, "1.2.3").join(), /1\.2\.2 and not/);
  assert.match(changelogFaults(begin, "1.2.3").join(), /begins with nothing/);
});

test("a package is published after those that it needs", () => {
  const order = inOrder(workspaces()).map(({ manifest }) => manifest.name);
  assert.deepEqual(order, ["@agproxy/core", "@agproxy/plugin-x", "agproxy"]);
  const circle = [
    { folder: "core", manifest: { ...core, dependencies: { "@agproxy/plugin-x": "1.2.3" } } },
    { folder: "plugins/x", manifest: plugin },
  ];
  assert.throws(() => inOrder(circle), /need one another/);
});

/** A tarball as npm makes it, of these files. */
async function packed(place: string, files: readonly string[]) {
  const tarball = join(place, "x.tgz");
  const end = await finishedProcess("tar", ["-czf", tarball, "package"], { cwd: place });
  assert.equal(end.code, 0, end.stderr);
  return { name: "x", tarball, files };
}

test("a file that is missing or strange, and types that lead nowhere, are found", async () => {
  const manifest = {
    name: "x",
    version: "1.0.0",
    type: "module",
    files: ["dist"],
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  };
  await using place = await folder({
    "package/package.json": JSON.stringify(manifest),
    "package/dist/index.js": "export const x = 1;\n",
    "package/dist/index.d.ts": "export const x: number;\n",
  });
  const files = ["package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"];
  const good = await packed(place.path, files);
  assert.deepEqual([contentFaults(good), await typeFaults(good)], [[], []]);
  assert.deepEqual(contentFaults({ ...good, files: [...files.slice(1), "src/index.ts"] }), [
    "package.json is missing",
    "src/index.ts is strange",
  ]);
  await place.write("package/dist/index.d.ts", 'export * from "./missing.js";\n');
  assert.match((await typeFaults(await packed(place.path, files))).join(), /missing\.js/);
  await place.write("package/package.json", JSON.stringify({ ...manifest, exports: "./no.js" }));
  assert.match((await manifestFaults(await packed(place.path, files))).join(), /no\.js/);
});
