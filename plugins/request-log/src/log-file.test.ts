import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Batches, type RowSink } from "./batches.ts";
import type { LoggedExchange } from "./columns.ts";
import { LogFile } from "./log-file.ts";
import { LogReader } from "./log-reader.ts";

function place() {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-test-"));
  return {
    file: join(folder, "state", "requests.sqlite"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const exchange = (number: number, more: Partial<LoggedExchange> = {}): LoggedExchange => ({
  time: number,
  id: `id-${number}`,
  address: "::1",
  caller: number % 2 === 0 ? "ada" : "bob",
  protocol: "chat",
  stream: true,
  asked: "asked",
  model: number % 3 === 0 ? "large" : "small_model",
  account: "work",
  outcome: number % 5 === 0 ? "failed" : "ok",
  status: 200,
  attempts: 1,
  durationMs: 5,
  inputTokens: 10,
  outputTokens: 2,
  ...more,
});
const some = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => exchange(from + index));
const mebibyte = 1024 * 1024;
const wide = { ageMs: Infinity, bytes: 64 * mebibyte };

test("rows come back as they were, for their owner's eyes only", () => {
  using at = place();
  const file = new LogFile(at.file, wide);
  const tries = [{ account: "work", model: "m", waitMs: 0, firstEventMs: 1, error: "no" }];
  const whole = exchange(1, {
    tries,
    waitMs: 3,
    cachedTokens: 4,
    reason: "because",
    stream: false,
  });
  file.add([whole, exchange(2)], 10);
  using reader = new LogReader(at.file);
  assert.deepEqual(reader.latest({}, 10), [whole, exchange(2)]);
  assert.deepEqual(reader.one("id-1"), whole);
  assert.equal(reader.one("id-3"), undefined);
  if (process.platform !== "win32") assert.equal(statSync(at.file).mode & 0o077, 0);
  file.close();
});

test("rows of all kinds stay in their order, however many come at once", () => {
  using at = place();
  const file = new LogFile(at.file, wide);
  const tries = [{ account: "work", model: "m", waitMs: 0, firstEventMs: 1, error: "no" }];
  const kinds: readonly Partial<LoggedExchange>[] = [
    {},
    { error: "no", reason: "because", advice: "wait", cause: "it" },
    { tries },
    { answeredBy: "cache" },
    { bodies: "{}" },
  ];
  // Runs of one kind that are shorter and longer than what is written at once.
  const rows = Array.from({ length: 150 }, (_, index) =>
    exchange(index, index < 70 ? {} : kinds[index % (index < 100 ? 2 : kinds.length)]),
  );
  file.add(rows, 10);
  file.add([], 10);
  using reader = new LogReader(at.file);
  assert.deepEqual(reader.latest({}, 1000), rows);
  file.close();
});

test("filters find by model asked or answering, with stars; no letter in a name is a wildcard of SQL", () => {
  using at = place();
  const file = new LogFile(at.file, wide);
  file.add([...some(10), exchange(10, { model: "smallXmodel", asked: "other" })], 20);
  using reader = new LogReader(at.file);
  const count = (filter: Parameters<LogReader["latest"]>[0]) => reader.latest(filter, 100).length;
  assert.equal(count({ model: "asked" }), 10);
  assert.equal(count({ model: "small_model" }), 6);
  assert.equal(count({ model: "small*" }), 7);
  assert.equal(count({ caller: "ada", outcome: "failed" }), 2);
  assert.equal(count({ since: 8 }), 3);
  assert.equal(count({ account: "w%" }), 0);
  assert.equal(reader.after(reader.end() - 2, {}).length, 2);
  const [ada, ...rest] = reader.counted("caller", {}).filter(({ model }) => model === "large");
  assert.deepEqual([ada?.name, ada?.requests, ada?.failed, ada?.inputTokens], ["ada", 2, 1, 20]);
  assert.deepEqual(
    rest.map(({ name }) => name),
    ["bob"],
  );
  file.close();
});

test("what is too old goes, and so does the oldest where the file is full", () => {
  using at = place();
  const file = new LogFile(at.file, { ageMs: 100, bytes: 16 * mebibyte });
  file.add(some(10), 10);
  file.add([exchange(150)], 150);
  using reader = new LogReader(at.file);
  assert.deepEqual(
    reader.latest({}, 100).map(({ time }) => time),
    [150],
  );
  const long = "x".repeat(4000);
  for (let batch = 0; batch < 20; batch += 1) {
    const rows = some(500, 200).map((one) => ({ ...one, reason: long }));
    file.add(rows, 200);
  }
  const bytes = statSync(at.file).size + statSync(`${at.file}-wal`).size;
  assert.ok(bytes <= 16 * mebibyte, `${bytes} bytes`);
  assert.ok(reader.latest({}, 100_000).length > 1000);
  file.close();
});

test("what cannot be written is kept for the next time, and told once", () => {
  const errors: unknown[] = [];
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (_: unknown, text?: string) => void errors.push(text),
  };
  const written: number[] = [];
  let isFull = true;
  const sink: RowSink = {
    add(rows) {
      if (isFull) throw new Error("the disk is full");
      written.push(rows.length);
    },
    close() {},
  };
  const batches = new Batches(sink, log);
  for (const row of some(3)) batches.add(row);
  batches.flush();
  batches.flush();
  assert.deepEqual(errors, ["exchanges cannot be written to the request log"]);
  isFull = false;
  for (const row of some(20_000)) batches.add(row);
  batches.close();
  assert.equal(written.length, 1);
  assert.ok((written[0] ?? 0) <= 10_000, "memory is bounded");
});
