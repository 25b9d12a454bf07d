import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf, parts, stop } from "../fixtures/answers.ts";

const piece = (jsonPath: string, value: object, willContinue = true) =>
  parts({ functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue } });
const begin = (name: string) => parts({ functionCall: { name, willContinue: true } });
const end = parts({ functionCall: {} });

async function calls(...payloads: readonly unknown[]): Promise<readonly unknown[]> {
  const events = await eventsOf(...payloads, stop);
  return events.flatMap((event) =>
    event.type === "tool-call" ? [[event.name, JSON.parse(event.arguments)]] : [],
  );
}

test("nested values, arrays and every kind of value", async () => {
  const made = await calls(
    begin("f"),
    piece("$.a.list[0].name", { stringValue: "x" }),
    piece("$.a.list[0].n", { numberValue: 0.5 }),
    piece("$.a.list[1]", { boolValue: false }),
    piece("$['odd key'].b", { nullValue: "NULL_VALUE" }),
    end,
  );
  const args = { a: { list: [{ name: "x", n: 0.5 }, false] }, "odd key": { b: null } };
  assert.deepEqual(made, [["f", args]]);
});

test("a string in pieces goes on where it stopped", async () => {
  const made = await calls(
    begin("f"),
    piece("$.s", { stringValue: "Bos", willContinue: true }),
    piece("$.s", { stringValue: "ton", willContinue: true }),
    piece("$.s", { stringValue: "" }),
    end,
  );
  assert.deepEqual(made, [["f", { s: "Boston" }]]);
});

test("a call ends by its last piece, by a new name, or with the answer", async () => {
  assert.deepEqual(await calls(begin("f"), piece("$.a", { numberValue: 1 }, false)), [
    ["f", { a: 1 }],
  ]);
  assert.deepEqual(
    await calls(
      begin("f"),
      piece("$.a", { numberValue: 1 }),
      begin("f"),
      piece("$.a", { numberValue: 2 }),
    ),
    [
      ["f", { a: 1 }],
      ["f", { a: 2 }],
    ],
  );
});

test("an end with no call open ends nothing", async () => {
  assert.deepEqual(await calls(begin("f"), end, end), [["f", {}]]);
});

test("the signature of any piece is the call's", async () => {
  const [event] = await eventsOf(
    parts({ functionCall: { name: "f", willContinue: true }, thoughtSignature: "S" }),
    end,
    stop,
  );
  assert.equal(event?.type === "tool-call" && event.signature, "S");
});

test("a key is just a key, whatever its name", async () => {
  const made = await calls(
    begin("f"),
    piece("$.__proto__.polluted", { boolValue: true }),
    piece("$.constructor", { stringValue: "c" }),
    end,
  );
  assert.equal(JSON.stringify(made), '[["f",{"__proto__":{"polluted":true},"constructor":"c"}]]');
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

test("a path that is none, and an index beyond reason, become keys", async () => {
  const made = await calls(
    begin("f"),
    piece("$.a[", { numberValue: 1 }),
    piece("$.b[4294967294]", { numberValue: 2 }),
    end,
  );
  assert.deepEqual(made, [["f", { "$.a[": 1, "$.b[4294967294]": 2 }]]);
});
