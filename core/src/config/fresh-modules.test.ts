import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { FreshModules } from "./fresh-modules.ts";
import { moduleBody, Untranslatable } from "./module-body.ts";
import { resolveFrom } from "./module-hooks.ts";

resolveFrom(undefined);
const { isModuleNamespaceObject } = types;

/** Imports the first of some files; not by Node, as the exports show. */
async function run(files: Readonly<Record<string, string>>) {
  const exports = await imported(files);
  assert.ok(!isModuleNamespaceObject(exports), "Node has imported it");
  return exports;
}

/** Imports the first of some files. */
async function imported(
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const folder = await mkdtemp(join(tmpdir(), "agproxy-test-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const [first = ""] = Object.keys(files);
    return await new FreshModules().importFile(pathToFileURL(join(folder, first)).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

suite("what a module may have", () => {
  test("imports of every form, from files, packages and JSON", async () => {
    const { default: found } = await run({
      "a.mjs": `import main, { b as c, d } from "./b.mjs"; // a comment with import x from "y"
import * as all from "./b.mjs";
import "./c.mjs";
import { basename as name } from "node:path";
import numbers from "./numbers.json" with { type: "json" };
export default [main, c, d, all.b, globalThis.cWasRun, name("/x/y"), numbers.one];`,
      "b.mjs": `export const b = 1, d = 2; export default "main";`,
      "c.mjs": `globalThis.cWasRun = true;`,
      "numbers.json": `{ "one": 1 }`,
    });
    assert.deepEqual(found, ["main", 1, 2, 1, true, "y", 1]);
  });

  test("exports of every form", async () => {
    const exports = await run({
      "a.mjs": `export const { a, b: [c] } = { a: 1, b: [2] };
export function f() { return g(); }
function g() { return "g"; }
export class H {}
const own = 3;
export { own, own as other, g as "a text" };
export default function named() { return named.name; }`,
    });
    const names = ["a", "c", "f", "H", "own", "other", "a text", "default"];
    assert.deepEqual(Object.keys(exports).toSorted(), names.toSorted());
    const { f, default: named, other } = exports as Record<string, () => unknown>;
    assert.deepEqual([f?.(), named?.(), other], ["g", "named", 3]);
  });

  test("await at top level, import(), import.meta and types", async () => {
    const exports = await run({
      "a.ts": `import type { X } from "nowhere";
interface Y { readonly z: number }
const late = (await import("./b.js")).b as number;
export const url: string = import.meta.url;
export default { late } satisfies { late: number };`,
      "b.js": `export const b: number = 5;`.replace(": number", ""),
    });
    assert.deepEqual(exports["default"], { late: 5 });
    assert.match(String(exports["url"]), /^file:.*a\.ts$/);
  });

  test("CommonJS, with what it requires, is read again too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "agproxy-test-"));
    const read = async (value: number) => {
      await writeFile(join(folder, "a.cjs"), `module.exports = require("./b.cjs");`);
      await writeFile(join(folder, "b.cjs"), `module.exports = { value: ${value} };`);
      return (await new FreshModules().importFile(pathToFileURL(join(folder, "a.cjs")).href))[
        "default"
      ];
    };
    assert.deepEqual([await read(1), await read(2)], [{ value: 1 }, { value: 2 }]);
    await rm(folder, { recursive: true });
  });

  test("a file that two import is run once", async () => {
    const { default: same } = await run({
      "a.mjs": `import { x } from "./b.mjs"; import { x as y } from "./c.mjs"; export default x === y;`,
      "b.mjs": `export const x = {};`,
      "c.mjs": `import { x } from "./b.mjs"; const y = x; export { y as x };`,
    });
    assert.equal(same, true);
  });
});

suite("what a function cannot stand for is imported by Node", () => {
  test("modules that import each other, exports that change, and exports of others", async () => {
    const { default: found } = await imported({
      "a.mjs": `import { count, add } from "./b.mjs"; import { even } from "./c.mjs"; import { even as e } from "./e.mjs";
add(); export default [count, even(4), e === even];`,
      "b.mjs": `export let count = 0; export const add = () => { count += 1; };`,
      "c.mjs": `import { odd } from "./d.mjs"; export const even = (n) => n === 0 || odd(n - 1);`,
      "d.mjs": `import { even } from "./c.mjs"; export const odd = (n) => n !== 0 && even(n - 1);`,
      "e.mjs": `export * from "./c.mjs";`,
    });
    assert.deepEqual(found, [1, true, true]);
  });

  for (const text of [
    `export let a = 1;`,
    `let a = 1; export { a };`,
    `export * from "x";`,
    `export { a } from "x";`,
    `import defer * as a from "x";`,
    `#!/usr/bin/env node\nexport default 1;`,
  ]) {
    test(text, () => assert.rejects(moduleBody(text), Untranslatable));
  }

  test("what is wrong is told as Node does, with the names of the files", async () => {
    await assert.rejects(
      imported({
        "a.mjs": `import { nothing } from "./b.mjs"; export default nothing;`,
        "b.mjs": "export {};",
      }),
      /does not provide an export named 'nothing'/,
    );
    await assert.rejects(imported({ "a.mjs": `export default (;` }), SyntaxError);
  });
});

test("what fails later has its line and column", async () => {
  const { default: fail } = await run({
    "a.ts": `const x: number = 1;
export default function fail(this: void): never { throw new Error("late"); }`,
  });
  assert.throws(fail as () => void, ({ stack = "" }: Error) => /a\.ts:2:57/.test(stack));
});
