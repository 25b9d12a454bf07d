import assert from "node:assert/strict";
import { test } from "node:test";
import { now } from "../fixtures/answers.ts";
import { untilPacificMidnight } from "./quota-wait.ts";
import { upstreamError } from "./upstream-error.ts";

const hour = 3_600_000;
const failed = (status: number, message: string, ...details: readonly object[]) =>
  upstreamError({
    status,
    body: JSON.stringify({ error: { code: status, message, details } }),
    now,
  });
const info = (reason: string, metadata = {}) => ({ reason, metadata });
const quota = (...quotaIds: readonly string[]) => ({
  violations: quotaIds.map((quotaId) => ({ quotaId })),
});

test("statuses and reasons have their codes", () => {
  const table = [
    [
      400,
      "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
      "context_length_exceeded",
    ],
    [400, "API key not valid. Please pass a valid API key.", "upstream_rejected"],
    [400, "Invalid value.", "upstream_rejected"],
    [401, "Bad credentials.", "account_rejected"],
    [403, "Denied.", "account_forbidden"],
    [404, "models/x is not found.", "model_not_found"],
    [404, "Cached content not found.", "upstream_rejected"],
    [404, "CachedContent cachedContents/model not found.", "upstream_rejected"],
    [404, "File files/models not found.", "upstream_rejected"],
    [413, "Too large.", "upstream_rejected"],
    [429, "Slow down.", "rate_limit_exceeded"],
    [499, "Cancelled.", "upstream_failed"],
    [500, "Internal.", "upstream_failed"],
    [502, "Bad gateway.", "upstream_failed"],
    [503, "The service is currently unavailable.", "upstream_unavailable"],
    [503, "The model is overloaded.", "model_overloaded"],
    [504, "Deadline.", "upstream_timeout"],
    [529, "Overloaded.", "model_overloaded"],
  ] as const;
  for (const [status, message, code] of table) {
    const error = failed(status, message);
    assert.equal(error.code, code, `${status} ${message}`);
    assert.equal(error.message, message);
    assert.equal(error.details?.upstream_status, status);
  }
  assert.equal(failed(413, "").status, 413);
  assert.equal(failed(400, "x", info("API_KEY_INVALID")).code, "account_rejected");
  assert.equal(failed(429, "x", info("MODEL_CAPACITY_EXHAUSTED")).code, "model_overloaded");
  assert.equal(failed(403, "x", info("SERVICE_DISABLED")).details?.reason, "SERVICE_DISABLED");
});

test("a wait is read from wherever it is told", () => {
  const wait = (...details: readonly object[]) => failed(429, "x", ...details).retryAfter;
  assert.equal(wait({ retryDelay: "34.4s" }), 34_400);
  assert.equal(wait({ retryDelay: "0.479417207s" }), 480);
  assert.equal(wait(info("Q", { quotaResetDelay: "161h39m41.300432511s" })), 581_981_301);
  assert.equal(wait(info("Q", { quotaResetTimeStamp: "2026-11-22T12:00:30Z" })), 30_000);
  assert.equal(wait(), undefined);
  assert.equal(failed(429, "Please retry in 47.2s.").retryAfter, 47_200);
  assert.equal(failed(429, "Limit reached. Resets in 9h22m20s.").retryAfter, 33_740_000);
  assert.equal(upstreamError({ status: 503, body: "", retryAfter: "7", now }).retryAfter, 7000);
});

test("a quota of the day lasts until midnight in California, whatever the quota of the minute says", () => {
  const day = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
  const minute = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
  const error = failed(429, "x", quota(day, minute), { retryDelay: "47s" });
  assert.equal(error.code, "quota_exhausted");
  assert.equal(error.retryAfter, 20 * hour);
  assert.equal(failed(429, "x", quota(day), { retryDelay: "7200s" }).retryAfter, 2 * hour);
  const perMinute = failed(429, "x", quota(minute), { retryDelay: "47s" });
  assert.equal(perMinute.code, "rate_limit_exceeded");
  assert.equal(perMinute.retryAfter, 47_000);
  assert.equal(failed(429, "x", info("QUOTA_EXHAUSTED")).code, "quota_exhausted");
});

const nextMidnight = (time: string) =>
  new Date(Date.parse(time) + untilPacificMidnight(Date.parse(time)));

test("midnight in California, also on the days when the clocks change", () => {
  assert.equal(nextMidnight("2026-11-22T12:00:00Z").toISOString(), "2026-11-23T08:00:00.000Z");
  assert.equal(nextMidnight("2026-11-23T07:59:59.500Z").toISOString(), "2026-11-23T08:00:00.000Z");
  assert.equal(nextMidnight("2026-11-01T08:00:00Z").toISOString(), "2026-11-02T08:00:00.000Z");
  assert.equal(nextMidnight("2026-03-08T09:00:00Z").toISOString(), "2026-03-09T07:00:00.000Z");
});

test("the body may be an array, a page, or nothing", () => {
  const body = JSON.stringify([{ error: { code: 429, message: "Wait." } }]);
  assert.equal(upstreamError({ status: 429, body, now }).message, "Wait.");
  const page = upstreamError({ status: 404, body: "<html><title>Not Found</title>…</html>", now });
  assert.equal(page.code, "upstream_unreadable");
  assert.equal(page.message, "Not Found");
  const long = upstreamError({ status: 502, body: "x".repeat(100_000), now });
  assert.ok(long.message.length <= 200);
  assert.equal(
    upstreamError({ status: 502, body: "", now }).message,
    "The upstream answered with status 502.",
  );
  const oauth = { error: "invalid_grant", error_description: "Expired." };
  assert.equal(upstreamError({ status: 400, body: oauth, now }).message, "invalid_grant: Expired.");
});

const codeInside = (error: object) => upstreamError({ body: { error }, now }).code;

test("an error in the middle of an answer has its status in itself", () => {
  assert.equal(codeInside({ code: 503, message: "overloaded" }), "model_overloaded");
  assert.equal(codeInside({ status: "RESOURCE_EXHAUSTED" }), "rate_limit_exceeded");
  assert.equal(codeInside({}), "upstream_failed");
});

test("keys are not shown", () => {
  const other = `AIza${"x".repeat(35)}`;
  const text = `Consumer 'api_key:my-key' and ${other} have been suspended.`;
  const error = upstreamError({
    status: 403,
    body: JSON.stringify({ error: { message: text } }),
    now,
    secrets: ["my-key", ""],
  });
  assert.equal(error.message, "Consumer 'api_key:[secret]' and [secret] have been suspended.");
});

test("texts that take quadratic time to search are bounded", { timeout: 20_000 }, () => {
  const many = 4_000_000;
  const page = upstreamError({ status: 500, body: "<".repeat(many), now });
  assert.equal(page.code, "upstream_failed");
  assert.equal(failed(429, "x", { retryDelay: "9".repeat(many) }).retryAfter, undefined);
  assert.equal(
    failed(429, "x", info("Q", { quotaResetDelay: "9".repeat(many) })).retryAfter,
    undefined,
  );
  assert.equal(failed(429, `retry in ${"9".repeat(many)}`).retryAfter, undefined);
  assert.equal(failed(400, "input token count ".repeat(many / 16)).code, "upstream_rejected");
  assert.equal(failed(429, "retry in ".repeat(many / 8)).code, "rate_limit_exceeded");
});
