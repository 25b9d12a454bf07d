import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText } from "./rate-headers.ts";

for (const [ms, text] of [
  [0, "0s"],
  [1, "1s"],
  [30_000, "30s"],
  [60_000, "1m0s"],
  [360_000, "6m0s"],
  [3_600_000, "1h0m0s"],
  [41_369_001, "11h29m30s"],
] as const) {
  test(`${ms} milliseconds are ${text}`, () => assert.equal(durationText(ms), text));
}
