import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { testSeal } from "./fixtures/seal.ts";
import { createSeals } from "@agproxy/core";
import { readSignatureToken, type Signatures, signatureToken } from "./signatures.ts";

const none: Signatures = { calls: [], contents: [], summaries: [], empties: [] };

function ours(value: unknown): string {
  return `agp2.${testSeal.close(JSON.stringify(value))}`;
}

const tokenOf = (signatures: Signatures) => signatureToken(signatures, () => testSeal);
const readToken = (token: string) => readSignatureToken(token, () => testSeal);

test("signatures come back as they were", () => {
  const text = fc.string({ unit: "binary" });
  const signatures = fc
    .record({
      calls: fc.array(fc.tuple(text, text), { minLength: 1 }),
      contents: fc.array(fc.tuple(text, text)),
      summaries: fc.array(fc.tuple(fc.nat(), text)),
      empties: fc.array(fc.tuple(fc.constantFrom("text", "reasoning"), text)),
    })
    .map((all): Signatures => JSON.parse(JSON.stringify(all)) as Signatures);
  fc.assert(
    fc.property(signatures, (given) => {
      const token = tokenOf(given);
      assert.match(token ?? "", /^agp2\.[\w-]+$/);
      assert.deepEqual(readToken(token ?? ""), given);
    }),
  );
});

test("no signatures are no token", () => {
  assert.equal(tokenOf(none), undefined);
});

test("the bytes of a token are fixed: histories of earlier versions hold them", () => {
  const token = tokenOf({ ...none, calls: [["call_1", "c2ln"]], summaries: [[0, "dG9r"]] });
  assert.equal(
    token,
    "agp2.TFMUcy5O1x5ZnFtYAvY_oLj0FzEaa5sxbefM3Gck9_WszfSxDypwhGjJ6Ez31_CD_zXeO5Is0Os",
  );
});

test("a foreign, broken or hostile token is no token, and no error", () => {
  for (const token of ["", "gAAAAABo", "agp2.", "agp2.%%%", "agp2.W10", ours({}), ours("text")]) {
    assert.equal(readToken(token), undefined, token);
  }
  assert.deepEqual(readToken(ours([1, [[1, 2]], [["x", "y"]], [["other", "s"]]])), none);
  assert.equal(readToken(`agp2.${"A".repeat(5_000_000)}`), undefined);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map(ours)), (token) => {
      readToken(token);
    }),
  );
});

test("a token that was changed anywhere, or sealed elsewhere, is no token", () => {
  const token = tokenOf({ ...none, calls: [["call_1", "c2ln"]] }) ?? "";
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom("A", "b", "0", "."), (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      fc.pre(changed !== token);
      const read = readToken(changed);
      // The last letter of base64 has bits that stand for nothing.
      if (at < token.length - 1) assert.equal(read, undefined);
    }),
  );
  const ofAnother = [
    createSeals("another secret")("anonymous"),
    createSeals("a secret of the tests")("another caller"),
  ];
  for (const seal of ofAnother)
    assert.equal(
      readSignatureToken(token, () => seal),
      undefined,
    );
});

test("nobody reads the signatures in a token", () => {
  const token = tokenOf({ ...none, calls: [["call_1", "c2lnbmF0dXJl"]] }) ?? "";
  const bytes = Buffer.from(token.slice("agp2.".length), "base64url").toString("latin1");
  assert.doesNotMatch(bytes, /call_1|c2lnbmF0dXJl/);
});
