import assert from "node:assert/strict";
import { test } from "node:test";
import { yieldToEventLoop } from "./event-loop.ts";

test("of many that wait for a turn, one goes on in each", async () => {
  let [turns, before, most] = [0, 0, 0];
  const count = () => {
    turns += 1;
    before = 0;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const step = async () => {
    for (let steps = 0; steps < 3; steps += 1) {
      await yieldToEventLoop();
      before += 1;
      most = Math.max(most, before);
    }
  };
  await Promise.all(Array.from({ length: 20 }, step));
  clearImmediate(timer);
  assert.equal(most, 1);
  assert.ok(turns >= 59, `${turns} turns`);
});
