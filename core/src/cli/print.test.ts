import assert from "node:assert/strict";
import { test } from "node:test";
import { widthOf, wrapped } from "./print.ts";

test("a long line is broken at spaces, and goes on under its indent", () => {
  assert.equal(wrapped("  one two three four", 11, "    "), "  one two\n    three\n    four");
  assert.equal(wrapped("# one two", 6, "# "), "# one\n# two");
  assert.equal(wrapped("short", 5, "  "), "short");
  assert.equal(wrapped("", 5, "  "), "");
});

test("columns between words stay, and a word longer than a line stays whole", () => {
  assert.equal(wrapped("a    b  c d", 8, "  "), "a    b\n  c d");
  assert.equal(wrapped("  averylongword x", 5, "    "), "  averylongword\n    x");
  assert.equal(wrapped("    averylongword", 3, "    "), "    averylongword");
});

test("what goes to a file or a pipe is not broken", () => {
  const long = "word ".repeat(1000);
  assert.equal(wrapped(long, widthOf({}), "  "), long);
});
