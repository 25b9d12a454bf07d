import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { test } from "node:test";
import { isFilePath, shownPath } from "./load-fault.ts";

test("a path is short below the working directory, and whole elsewhere", () => {
  for (const [file, folder, shown] of [
    ["/srv/agproxy/a/b.ts", "/srv/agproxy", "a/b.ts"],
    ["/srv/agproxy2/b.ts", "/srv/agproxy", "/srv/agproxy2/b.ts"],
    ["/srv/agproxy/..b.ts", "/srv/agproxy", "..b.ts"],
  ] as const) {
    assert.equal(shownPath(file, folder, posix), shown);
  }
});

test("by the rules of Windows: other drives and shares are whole, letters of any case are one drive", () => {
  for (const [file, folder, shown] of [
    [String.raw`C:\my files\a\b.ts`, String.raw`c:\my files`, String.raw`a\b.ts`],
    ["C:/my files/a/b.ts", String.raw`C:\my files`, String.raw`a\b.ts`],
    [String.raw`C:\other\b.ts`, String.raw`C:\my files`, String.raw`C:\other\b.ts`],
    [String.raw`D:\b.ts`, String.raw`C:\my files`, String.raw`D:\b.ts`],
    [String.raw`\\host\share\b.ts`, String.raw`C:\my files`, String.raw`\\host\share\b.ts`],
  ] as const) {
    assert.equal(shownPath(file, folder, win32), shown);
  }
});

test("a path is told from a package, also as Windows writes it", () => {
  for (const path of [
    "./a.js",
    "../a.js",
    "/a.js",
    String.raw`C:\a.js`,
    "c:/a.js",
    String.raw`\\host\share\a.js`,
  ]) {
    assert.ok(isFilePath(path), path);
  }
  for (const name of ["a", "@me/notes", "a/b.js", "node:fs"]) assert.ok(!isFilePath(name), name);
});
