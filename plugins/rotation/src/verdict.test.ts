import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue, type ErrorCode, type Verdict } from "@agproxy/core";
import { failureKind } from "./failure-kind.ts";
import { type Situation, verdict } from "./verdict.ts";

const usual: Situation = {
  kind: "transient",
  retryAfterMs: undefined,
  number: 1,
  attempts: 3,
  others: 1,
  repeated: false,
  jitter: 0,
};

const next = (after: number): Verdict => ({ retry: "next account", after });
const same = (after: number): Verdict => ({ retry: "same account", after });

const cases: readonly [
  what: string,
  situation: Partial<Situation>,
  expected: Verdict | undefined,
][] = [
  ["a limit: next", { kind: "limited" }, next(50)],
  ["a limit, others free, short wait told: next", { kind: "limited", retryAfterMs: 100 }, next(50)],
  [
    "a limit, nobody else, short: waits",
    { kind: "limited", others: 0, retryAfterMs: 2000 },
    same(2050),
  ],
  [
    "a limit, nobody else, long: stop",
    { kind: "limited", others: 0, retryAfterMs: 2001 },
    undefined,
  ],
  ["a limit, nobody else, unknown: stop", { kind: "limited", others: 0 }, undefined],
  ["the last attempt: stop, without a wait", { kind: "limited", number: 3 }, undefined],
  ["one attempt allowed: stop", { attempts: 1 }, undefined],
  ["a passing fault: next", {}, next(50)],
  ["a passing fault, nobody else: same once", { others: 0 }, same(500)],
  ["a passing fault, nobody else, again: stop", { others: 0, repeated: true }, undefined],
  ["a passing fault that lasts: stop", { others: 0, retryAfterMs: 60_000 }, undefined],
  ["jitter spreads", { others: 0, jitter: 1 }, same(1000)],
  ["jitter spreads rotation", { jitter: 1 }, next(150)],
  ["rejected: next", { kind: "rejected" }, next(0)],
  ["rejected, nobody else: stop", { kind: "rejected", others: 0 }, undefined],
  ["forbidden: next", { kind: "forbidden" }, next(0)],
  ["forbidden, nobody else: stop", { kind: "forbidden", others: 0 }, undefined],
  ["unknown model: next", { kind: "unknown-model" }, next(0)],
  ["unknown model, nobody else: stop", { kind: "unknown-model", others: 0 }, undefined],
  ["malformed: same once", { kind: "malformed", others: 5 }, { retry: "same account" }],
  ["malformed again: stop", { kind: "malformed", repeated: true }, undefined],
  ["the request's own fault: stop", { kind: "final", others: 5 }, undefined],
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
