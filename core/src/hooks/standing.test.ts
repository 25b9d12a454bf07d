import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { ErrorCode } from "../errors/error-catalogue.ts";
import type { Account, PassedOver } from "./stages.ts";
import { type Standing, standingOf, standingText } from "./standing.ts";

const account: Account = {
  id: "a",
  label: "a",
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
};

const failed = (code: ErrorCode): PassedOver => ({ reason: "why", error: new AgproxyError(code) });

const table: readonly (readonly [Standing, PassedOver | undefined])[] = [
  ["free", undefined],
  ["busy", { reason: "its limit is reached", isBusy: true, until: 1 }],
  ["cooling", failed("rate_limit_exceeded")],
  ["cooling", failed("quota_exhausted")],
  ["cooling", failed("model_overloaded")],
  ["cooling", { reason: "rests", until: 1 }],
  ["shaky", failed("upstream_timeout")],
  ["faulty", failed("account_rejected")],
  ["faulty", failed("account_forbidden")],
  ["suspended", failed("account_suspended")],
  ["unfit", { reason: "its server does not list the model" }],
];

test("each standing has one word", () => {
  for (const [standing, passedOver] of table) {
    assert.equal(
      standingOf(passedOver === undefined ? { account } : { account, passedOver }),
      standing,
    );
  }
  assert.equal(
    standingOf({ account: { ...account, disabled: true }, passedOver: failed("account_rejected") }),
    "disabled",
  );
});

test("people are told until when, and why", () => {
  const passedOver = { ...failed("quota_exhausted"), until: Date.UTC(2026, 0, 1) };
  assert.equal(
    standingText({ account, passedOver }),
    "cooling until 2026-01-01T00:00:00.000Z: why",
  );
  assert.equal(standingText({ account }), "free");
  assert.equal(standingText({ account: { ...account, disabled: true }, passedOver }), "disabled");
});
