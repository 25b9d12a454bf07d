import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Refusal } from "./refusal.ts";
import { admit } from "./target.ts";

const rules = { ports: [80, 443], hosts: undefined };

for (const [link, why] of [
  ["ftp://a.example/x", "it leads to a ftp: address; http: and https: are taken."],
  ["file:///etc/passwd", "it leads to a file: address; http: and https: are taken."],
  ["http://me:secret@a.example/x", "it holds a user name or a password for a.example."],
  ["http://me@a.example/x", "it holds a user name or a password for a.example."],
  ["http://a.example:22/x", "a.example:22 is on another port than 80, 443."],
  ["https://a.example:8080/x", "a.example:8080 is on another port than 80, 443."],
  ["http://", "it is not a valid URL."],
  ["http://a b/", "it is not a valid URL."],
] as const) {
  test(`refused: ${link}`, () => {
    assert.throws(
      () => admit(link, rules),
      (error) => error instanceof Refusal && error.message === why,
    );
  });
}

for (const [link, href] of [
  ["HTTPS://A.Example:443/x?y#z", "https://a.example/x?y"],
  ["http://a.example:443/", "http://a.example:443/"],
  ["http://0x7f.1/", "http://127.0.0.1/"],
  ["http://2130706433", "http://127.0.0.1/"],
] as const) {
  test(`admitted in the form that is looked up: ${link}`, () => {
    assert.equal(admit(link, rules).href, href);
  });
}

test("with a list of hosts no other is asked", () => {
  const hosts = ["*.Example.com", "one.test"];
  for (const link of ["https://a.example.com/", "http://one.test/", "https://a.EXAMPLE.com/"]) {
    assert.ok(admit(link, { ...rules, hosts }));
  }
  for (const link of [
    "https://example.com/",
    "https://evil.test/a.example.com",
    "http://one.test./",
  ]) {
    assert.throws(() => admit(link, { ...rules, hosts }), /is not on the list of hosts/);
  }
});

test("any text is admitted or refused in words without its path", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true })), (text) => {
      const link = text.startsWith("http") ? `${text}/token-5ecret` : text;
      try {
        const url = admit(link, { ...rules, hosts: ["a.test"] });
        assert.match(url.protocol, /^https?:$/);
      } catch (thrown) {
        assert.ok(thrown instanceof Refusal);
        assert.ok(!thrown.message.includes("5ecret"));
      }
    }),
  );
});
