import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { logText } from "./log-text.ts";
import { paintFor, unpainted } from "./paint.ts";

const time = new Date(2026, 10, 28, 3, 4, 5).getTime();
const exchange = {
  level: 30,
  time,
  id: "1",
  caller: "ada",
  asked: "nimble",
  model: "turtle-2.5-brisk",
  account: "work",
  outcome: "ok",
  status: 200,
  attempts: 1,
  firstEventMs: 850,
  durationMs: 12_345,
  inputTokens: 12_345,
  cachedTokens: 10_000,
  reasoningTokens: 20,
  outputTokens: 340,
  msg: "exchange",
};

const shown = (fields: object, columns = 80) =>
  logText(`${JSON.stringify(fields)}\n`, { columns, paint: unpainted });

test("a request is one line of eighty characters, or of more with names for its numbers", () => {
  assert.equal(
    shown(exchange),
    "03:04:05 200 ada: nimble → turtle-2.5-bri… work          0.85s 12.3s 12.3k→340\n",
  );
  assert.equal(
    shown(exchange, 200),
    `03:04:05 200 ada           nimble → turtle-2.5-brisk${" ".repeat(29)}work${" ".repeat(22)}  0.85s first  12.3s  in 12.3k  cached 10.0k  thought 20  out 340\n`,
  );
  const whole = { ...exchange, caller: "anonymous", asked: "m", model: "m", attempts: 3 };
  assert.match(shown(whole), /^03:04:05 200 m {29}work ×3 {7}0\.85s 12\.3s 12\.3k→340\n$/);
});

test("no line is longer than the terminal is wide", () => {
  const long = { ...exchange, asked: "m".repeat(300), account: "a".repeat(300), attempts: 16 };
  for (const columns of [80, 100, 159, 160, 200]) {
    const length = shown(long, columns).length - 1;
    assert.ok(length <= columns, `${length} of ${columns}`);
  }
});

test("a failed request says below why, and what to do; one whose client left does not", () => {
  const failed = {
    ...exchange,
    outcome: "failed",
    status: 429,
    error: "pool_exhausted",
    reason: "Every account is out of quota.",
    advice: "Wait, or add an account.",
  };
  const [, second, ...rest] = shown(failed).split("\n");
  assert.equal(second, "         Every account is out of quota. Wait, or add an account.");
  assert.deepEqual(rest, [""]);
  assert.equal(shown({ ...failed, outcome: "aborted", status: 499 }).split("\n").length, 2);
});

test("a refused request, a warning and a defect are told in words", () => {
  const refused = { time, address: "::1", method: "GET", path: "/x", status: 401, msg: "refused" };
  assert.equal(
    shown({ ...refused, reason: "No key.", advice: "Send one." }),
    "03:04:05 401 GET /x from ::1\n         No key. Send one.\n",
  );
  const until = new Date(time + 9000).toISOString();
  assert.equal(
    shown({ level: 40, time, id: "1", account: "work", model: "m", until, msg: "cools" }),
    "03:04:05 warn work cools model=m until=03:04:14\n",
  );
  const err = { type: "Error", message: "no", stack: "Error: no\n    at x" };
  assert.equal(
    shown({ level: 50, time, err, msg: "unexpected" }),
    "03:04:05 error unexpected\n         Error: no\n             at x\n",
  );
});

test("what others wrote commands no terminal, and a line that only looks like a request's is shown too", () => {
  const evil = "\x1b[2J\r\n03:04:05 200 faked";
  const odd = [
    { ...exchange, asked: evil, account: evil, reason: evil, outcome: "failed" },
    { level: 30, time, msg: evil, [evil]: evil, err: { stack: evil } },
    { level: 30, time, msg: "exchange", account: { no: "text" }, durationMs: "long" },
  ];
  for (const fields of odd) {
    const text = shown(fields);
    assert.doesNotMatch(text, /[\0-\x09\v-\x1f]/);
    assert.doesNotMatch(text.split("\n").slice(1).join("\n"), /^\d/m);
  }
});

test("colours only mark, and only where they are wanted", () => {
  const terminal = { hasColors: () => true };
  const paint = paintFor(terminal);
  const text = logText(JSON.stringify(exchange), { columns: 80, paint });
  assert.notEqual(text, shown(exchange));
  assert.equal(stripVTControlCharacters(text), shown(exchange));
  assert.equal(paintFor({}), unpainted);
  process.env["NO_COLOR"] = "1";
  try {
    assert.equal(paintFor(terminal), unpainted);
  } finally {
    delete process.env["NO_COLOR"];
  }
});
