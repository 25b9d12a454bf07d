import assert from "node:assert/strict";
import { test } from "node:test";
import { remember } from "./remember.ts";

test("asks once for a name, also where the answer is nothing, and forgets what was used longest ago", () => {
  const asked: string[] = [];
  const recall = remember(2, (name) => {
    asked.push(name);
    return name === "none" ? undefined : name.length;
  });
  assert.deepEqual([recall("none"), recall("none"), recall("four")], [undefined, undefined, 4]);
  recall("none");
  recall("third");
  recall("none");
  assert.deepEqual(asked, ["none", "four", "third"]);
  recall("four");
  assert.deepEqual(asked, ["none", "four", "third", "four"]);
});

test("of long names nothing is kept", () => {
  let asked = 0;
  const recall = remember(2, () => (asked += 1));
  const name = "a".repeat(1000);
  assert.deepEqual([recall(name), recall(name)], [1, 2]);
});
