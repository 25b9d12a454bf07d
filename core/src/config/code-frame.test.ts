import assert from "node:assert/strict";
import { test } from "node:test";
import { codeFrame, placeAt } from "./code-frame.ts";

test("the lines around a place, with a caret below it", () => {
  const text = "a\nb\n\tc d\ne\nf\ng";
  assert.equal(
    codeFrame("x.ts", text, { line: 3, column: 4 }),
    "x.ts:3:4\n  1 | a\n  2 | b\n> 3 | \tc d\n    | \t  ^\n  4 | e\n  5 | f",
  );
  assert.deepEqual(placeAt(text, text.indexOf("d")), { line: 3, column: 4 });
});

const secrets: readonly (readonly [file: string, text: string])[] = [
  ["x.ts", 'auth({ keys: "SECRET" })'],
  ["x.ts", "auth({ keys: ['SECRET', 'SECRET'] })"],
  ["x.ts", 'const accounts = [\n  {\n    key:\n      "SECRET",\n  },\n];'],
  ["x.ts", 'auth({ keys: [\n  "SECRET",\n  "SECRET",\n] })'],
  ["x.json", '{ "plugins": [["vendor", { "accounts": [{ "key": "SECRET" }] }]] }'],
  ["x.json", '{ "clientSecret": "SECRET", "refreshToken" : "SECRET" }'],
  ["x.yaml", "vendor: { keys: SECRET }"],
  ["x.yaml", "vendor:\n  keys: SECRET,SECRET"],
  ["x.yaml", "auth:\n  keys:\n    - SECRET\n    - SECRET"],
  ["x.ts", 'auth({ mode: "strict", keys: { ci: "SECRET", mine: "SECRET" } })'],
  ["x.ts", 'headers.set("authorization", "Bearer SECRET")'],
  ["x.ts", 'const key = pick("SECRET", "SECRET"), token = "SECRET";'],
  ["x.ts", 'proxy: "http://me:SECRET@host"'],
  ["x.ts", 'const mine = "AIzaSECRET0123456789012345";'],
];

for (const [file, text] of secrets) {
  test(`no secret is shown: ${text}`, () => {
    for (const [index] of text.split("\n").entries()) {
      const frame = codeFrame(file, text, { line: index + 1, column: 1 });
      assert.doesNotMatch(frame, /SECRET/);
    }
  });
}

test("what is no secret stays readable", () => {
  const text = `import { auth } from "@me/auth";
modelMapping({ rules: { "small": "large-2.5" } }), auth({ keys: process.env.AGPROXY_API_KEY })`;
  assert.ok(codeFrame("x.ts", text, { line: 1, column: 1 }).includes("large-2.5"));
  assert.ok(codeFrame("x.ts", text, { line: 1, column: 1 }).includes('"@me/auth"'));
  assert.ok(
    codeFrame("x.ts", text, { line: 1, column: 1 }).includes("process.env.AGPROXY_API_KEY"),
  );
});

test("redaction hides no harmless words behind a secret, nor names of models", () => {
  const text = `auth({ keys: ["hidden"], mode: "strikt" }), "model-mapping": { "a-large-model-4-20250514": "x" }`;
  const frame = codeFrame("x.ts", text, { line: 1, column: 1 });
  assert.ok(frame.includes('mode: "strikt"') && frame.includes("a-large-model-4-20250514"), frame);
  assert.ok(!frame.includes("hidden"));
});
