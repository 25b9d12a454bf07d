import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readSignatureToken, type Signatures, signatureToken } from "./signature-token.ts";

const none: Signatures = { calls: [], contents: [], summaries: [], empties: [] };

function ours(value: unknown): string {
  return `agp1.${Buffer.from(JSON.stringify(value)).toString("base64url")}`;
}

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
      const token = signatureToken(given);
      assert.match(token ?? "", /^agp1\.[\w-]+$/);
      assert.deepEqual(readSignatureToken(token ?? ""), given);
    }),
  );
});

test("no signatures are no token", () => {
  assert.equal(signatureToken(none), undefined);
});

test("the bytes of a token are fixed: histories of earlier versions hold them", () => {
  const token = signatureToken({ ...none, calls: [["call_1", "c2ln"]], summaries: [[0, "dG9r"]] });
  assert.equal(token, "agp1.W1tbImNhbGxfMSIsImMybG4iXV0sW10sW1swLCJkRzlyIl1dLFtdXQ");
});

test("a foreign, broken or hostile token is no token, and no error", () => {
  for (const token of ["", "gAAAAABo", "agp1.", "agp1.%%%", "agp2.W10", ours({}), ours("text")]) {
    assert.equal(readSignatureToken(token), undefined, token);
  }
  assert.deepEqual(readSignatureToken(ours([1, [[1, 2]], [["x", "y"]], [["other", "s"]]])), none);
  assert.equal(readSignatureToken(`agp1.${"A".repeat(5_000_000)}`), undefined);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map(ours)), (token) => {
      readSignatureToken(token);
    }),
  );
});
