import assert from "node:assert/strict";
import { test } from "node:test";
import { cutOf, latencies, namesIn, percentile, sums } from "../page/series.ts";
import type { SeenExchange } from "./page-api.ts";

const minute = 60_000;

function seen(time: number, more: Partial<SeenExchange> = {}): SeenExchange {
  const who = { id: `${time}`, address: "::1", caller: "ada", protocol: "p", stream: true };
  const what = { asked: "m", model: "m", outcome: "ok", status: 200 } as const;
  return { time, ...who, ...what, attempts: 1, durationMs: 10, ...more };
}

test("time is cut into buckets that end with the one of now", () => {
  const { from, bucketMs, buckets } = cutOf(100 * minute + 20_000, 60 * minute);
  assert.deepEqual([bucketMs, buckets], [minute, 60]);
  assert.equal(from, 41 * minute);
});

test("sums are by bucket and name, and what has no name of its own is with the others", () => {
  const cut = { from: 0, bucketMs: minute, buckets: 2 };
  const models = ["a", "a", "b", "c", "d", "e", "f", "g"];
  const all = models.map((model, index) => seen(index < 3 ? 1 : minute, { model }));
  const names = namesIn(all, "model", "others");
  assert.deepEqual(names, ["a", "b", "c", "d", "others"]);
  const { times, lines } = sums(all, cut, "model", names, () => 1);
  assert.deepEqual(times, [0, 60]);
  assert.deepEqual(
    lines.map(({ name, values }) => [name, ...values]),
    [
      ["a", 2, 0],
      ["b", 1, 0],
      ["c", 0, 1],
      ["d", 0, 1],
      ["others", 0, 3],
    ],
  );
});

test("what is outside of the time is not counted", () => {
  const cut = { from: minute, bucketMs: minute, buckets: 1 };
  const all = [seen(0), seen(minute), seen(2 * minute)];
  assert.deepEqual(sums(all, cut, "caller", ["ada"], () => 1).lines, [
    { name: "ada", values: [1] },
  ]);
});

test("percentiles are values that were there, and an empty bucket has none", () => {
  const rising = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual(
    [50, 95, 99].map((percent) => percentile(rising, percent)),
    [50, 95, 99],
  );
  assert.equal(percentile([], 50), null);
  const cut = { from: 0, bucketMs: minute, buckets: 2 };
  const [median] = latencies([seen(1, { firstEventMs: 500 }), seen(2)], cut).lines;
  assert.deepEqual(median, { name: "p50", values: [0.5, null] });
});
