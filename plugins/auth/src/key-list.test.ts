import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { readKeys } from "./key-list.ts";
import { createKeyring } from "./admission.ts";

const one = "ag-one-one-one-one-one";
const two = "ag-two-two-two-two-two";

test("a text, a text of several, a list, with and without names", () => {
  assert.deepEqual(readKeys(undefined), []);
  assert.deepEqual(readKeys(one), [{ key: one, name: "key-1" }]);
  assert.deepEqual(readKeys(`${one}, ${two}`), [
    { key: one, name: "key-1" },
    { key: two, name: "key-2" },
  ]);
  assert.deepEqual(readKeys([one, { key: two, name: "laptop" }]), [
    { key: one, name: "key-1" },
    { key: two, name: "laptop" },
  ]);
});

test("a key may have models and limits", () => {
  const grant = { models: ["gemini-*"], limits: { rpm: 60, budgetPerDay: 0.5 } };
  assert.deepEqual(readKeys([{ key: one, ...grant }]), [{ key: one, name: "key-1", grant }]);
});

const wrong: readonly [what: string, input: unknown, message: RegExp][] = [
  ["an empty text", "", /`keys\[0\]` is empty/],
  ["a comma too many", `${one},`, /`keys\[1\]` is empty/],
  ["a blank key", [" "], /`keys\[0\]` is empty/],
  ["a number", [12_345_678], /`keys` must be/],
  ["a key that is a number", [{ key: 12_345_678 }], /is not a text/],
  ["an empty name", [{ key: one, name: "" }], /name that is empty/],
  ["a short key", ["ag-1234"], /less than 8/],
  ["a line break", [`${one}\n`], /no HTTP header can carry/],
  ["letters beyond ASCII", ["schlüssel-schlüssel"], /no HTTP header can carry/],
  ["the same key twice", [one, two, one], /`keys\[2\]` is the same key as `keys\[0\]`/],
  [
    "a field that is none",
    [{ key: one, nmae: "x" }],
    /auth: keys\[0\]: there is no option `nmae`.*`name`/,
  ],
  [
    "a limit of 0",
    [{ key: one, limits: { rpm: 0 } }],
    /keys\[0\]: `limits\.rpm` must be 1 or more, not 0/,
  ],
  ["a limit that is none", [{ key: one, limits: { rpn: 1 } }], /did you mean `rpm`/],
  ["models that are no list", [{ key: one, models: "gemini-*" }], /`models` must be a list/],
  ["the same name twice", [one, { key: two, name: "key-1" }], /the same name/],
];

for (const [what, input, message] of wrong) {
  test(`refuses ${what}`, () => {
    assert.throws(() => readKeys(input), message);
  });
}

for (const key of [
  "sk-123456",
  "changeme",
  "change-me",
  "your-key",
  "YOUR_API_KEY",
  "sk-xxxxxxxx",
  "my-secret-key-here",
  "password",
  "sk-your-api-key",
]) {
  test(`refuses the placeholder ${key}`, () => {
    assert.throws(() => readKeys(key), /placeholder|less than/);
  });
}

for (const key of [
  "my-cat-walks-at-noon",
  "secretariat-1973",
  "keyboard-warrior",
  "sk-1234abcd5678efgh",
]) {
  test(`takes ${key}`, () => assert.doesNotThrow(() => readKeys(key)));
}

test("no error repeats a key", () => {
  const secret = "s3cr3t s3cr3t";
  for (const input of [[secret], [one, one], ["s3cr3t"]]) {
    assert.throws(
      () => readKeys(input),
      (error: Error) => !error.message.includes("s3cr3t") && !error.message.includes(one),
    );
  }
});

test("a keyring knows whose key it is, and nothing near it", () => {
  const keyring = createKeyring(readKeys([one, { key: two, name: "laptop" }]));
  assert.equal(keyring(one)?.name, "key-1");
  assert.equal(keyring(two)?.name, "laptop");
  for (const near of [one.slice(0, -1), `${one} `, one.toUpperCase(), "", one + two, `${one}\0`]) {
    assert.equal(keyring(near), undefined);
  }
});

test("a caller's id is the same in every process and says nothing of the key", () => {
  const [first, again] = [
    createKeyring(readKeys(one))(one),
    createKeyring(readKeys([two, one]))(one),
  ];
  assert.equal(first?.id, again?.id);
  assert.match(first?.id ?? "", /^[0-9a-f]{16}$/);
  const digest = createHash("sha256").update(one).digest("hex");
  assert.ok(!digest.startsWith(first?.id ?? ""));
});
