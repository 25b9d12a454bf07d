import assert from "node:assert/strict";
import { test } from "node:test";
import * as undici from "undici";
import * as parts from "./undici-parts.ts";

test("the parts of undici are those that it exports", () => {
  for (const [name, part] of Object.entries(parts)) {
    assert.equal(part, undici[name as keyof typeof parts], name);
  }
});
