import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "@agproxy/core";
import { gatherFrames } from "./gathered-frames.ts";

test("what was written since the last read goes out together", async () => {
  const gathered = gatherFrames(
    async (write) => {
      await Promise.all([write("a"), write("b")]);
      await write("c");
    },
    () => "",
  );
  const read: string[] = [];
  for await (const frames of gathered) read.push(frames);
  assert.deepEqual(read, ["ab", "c"]);
});

test("a failure before the first frames is thrown, one after them is told", async () => {
  const failure = new AgproxyError("upstream_cut");
  const early = gatherFrames(
    () => Promise.reject(failure),
    () => "failed",
  );
  await assert.rejects(early.next(), failure);
  const late = gatherFrames(
    async (write) => {
      await write("a");
      throw failure;
    },
    () => "failed",
  );
  assert.equal((await late.next()).value, "a");
  assert.equal((await late.next()).value, "failed");
});

test("no writer waits for a reader that has left, not even one whose frames it had", async () => {
  const ended = Promise.withResolvers<void>();
  const frames = gatherFrames(
    async (write) => {
      await write("a");
      await write("b");
      ended.resolve();
    },
    () => "",
  );
  assert.equal((await frames.next()).value, "a");
  await frames.return();
  await ended.promise;
});
