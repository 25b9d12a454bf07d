import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue, type ErrorCode, failureKind, type Verdict } from "@agproxy/core";
import { type Situation, verdict } from "./verdict.ts";

const usual: Situation = {
  kind: "transient",
  retryAfterMs: undefined,
  costly: 1,
  attempts: 3,
  hasOthers: true,
  repeated: false,
  jitter: 0,
};

const next: Verdict = { retry: "next account" };
const nextAfter = (after: number): Verdict => ({ retry: "next account", after });
const same = (after: number): Verdict => ({ retry: "same account", after });
const alone = { hasOthers: false };

const cases: readonly [
  what: string,
  situation: Partial<Situation>,
  expected: Verdict | undefined,
][] = [
  ["a limit: next", { kind: "limited" }, next],
  ["a limit, nobody else: the exchange waits for one", { kind: "limited", ...alone }, next],
  ["a refusal after many refusals: next", { kind: "limited", costly: 0 }, next],
  ["a refusal once too much was spent: stop", { kind: "limited", costly: 3 }, undefined],
  ["an overload: next", { kind: "overloaded" }, next],
  ["one costly attempt allowed: stop", { attempts: 1 }, undefined],
  ["a passing fault: next", {}, nextAfter(50)],
  ["a passing fault, nobody else: same once", alone, same(500)],
  ["a passing fault, nobody else, again: stop", { ...alone, repeated: true }, undefined],
  ["a passing fault that lasts: stop", { ...alone, retryAfterMs: 60_000 }, undefined],
  ["a passing fault that is over soon: same", { ...alone, retryAfterMs: 1000 }, same(1050)],
  ["jitter spreads", { ...alone, jitter: 1 }, same(1000)],
  ["jitter spreads rotation", { jitter: 1 }, nextAfter(150)],
  ["rejected: next", { kind: "rejected" }, next],
  ["suspended: next", { kind: "suspended" }, next],
  ["forbidden: next", { kind: "forbidden" }, next],
  ["unknown model: next", { kind: "unknown-model" }, next],
  ["malformed: same once", { kind: "malformed" }, { retry: "same account" }],
  ["malformed again: stop", { kind: "malformed", repeated: true }, undefined],
  ["the request's own fault: stop", { kind: "final" }, undefined],
];

for (const [what, situation, expected] of cases) {
  test(what, () => assert.deepEqual(verdict({ ...usual, ...situation }), expected));
}

test("whatever the request or nobody is at fault for says nothing about accounts", () => {
  const final: readonly ErrorCode[] = [
    "invalid_json",
    "invalid_request",
    "context_length_exceeded",
    "upstream_rejected",
    "body_too_large",
    "client_closed_request",
    "internal_error",
    "plugin_failed",
    "pool_exhausted",
    "no_account",
    "shutting_down",
  ];
  for (const code of final) assert.equal(failureKind(code), "final", code);
});

test("every failure of an upstream has a kind", () => {
  const codes = Object.keys(catalogue) as ErrorCode[];
  const upstream = codes.filter((code) => /^(?:upstream|account|model)_/.test(code));
  const final = upstream.filter((code) => failureKind(code) === "final");
  assert.deepEqual(final, ["upstream_rejected"]);
});
