import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { randomPieces } from "@agproxy/core/testing";
import type { ChatEvent, ErrorCode } from "@agproxy/core";
import { now, readAnswer, type Outcome } from "./fixtures/answers.ts";
import { finishReason, finishWord } from "./answer/answer-end.ts";
import { fields, list, word, type AnyFields } from "./shape.ts";
import { upstreamError } from "./errors/upstream-error.ts";

const folder = join(import.meta.dirname, "../../../../shared/recordings");
const skip = existsSync(folder) ? false : "there are no recordings beside the repository";

interface Recording {
  readonly stem: string;
  readonly file: string;
  readonly status: number;
  readonly form: "sse" | "json" | "json-array" | "html";
  readonly shows: readonly string[];
}

const recordings: readonly Recording[] =
  skip === false
    ? (JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Recording[])
    : [];

/** What a recording with a failing status is an instance of. */
const statusCodes: Readonly<Record<string, ErrorCode>> = {
  "fb-googleai-unary-failure-api-key": "account_rejected",
  "fb-googleai-unary-failure-api-key-txt": "account_rejected",
  "fb-vertexai-streaming-failure-api-key": "account_rejected",
  "fb-vertexai-unary-failure-api-key": "account_rejected",
  "fb-vertexai-unary-failure-context-cache-not-found": "upstream_rejected",
  "fb-vertexai-unary-failure-unsupported-user-location": "account_suspended",
  "cc-403-validation-required": "account_suspended",
  "fb-vertexai-unary-failure-invalid-location-url-not-found": "upstream_unreadable",
  "cc-429-array-capacity": "model_overloaded",
  "cc-429-quota-exhausted-individual": "quota_exhausted",
  "cc-429-quota-exhausted-long": "quota_exhausted",
  "ga-429-free-tier": "quota_exhausted",
};
const defaultCodes: Readonly<Record<number, ErrorCode>> = {
  400: "upstream_rejected",
  401: "account_rejected",
  403: "account_forbidden",
  404: "model_not_found",
  429: "rate_limit_exceeded",
  503: "model_overloaded",
};

/** Good statuses with an answer that fails all the same. */
const failures: Readonly<Record<string, ErrorCode>> = {
  "fb-vertexai-streaming-failure-empty-content": "upstream_cut",
  "fb-vertexai-streaming-failure-malformed-content": "upstream_cut",
  "fb-vertexai-streaming-success-quotes-escaped": "upstream_cut",
  "fb-vertexai-unary-failure-empty-content": "upstream_cut",
  "fb-vertexai-unary-failure-malformed-content": "upstream_cut",
  "fb-vertexai-streaming-failure-error-mid-stream": "upstream_failed",
  "ga-midstream-503-bare": "model_overloaded",
  "ga-midstream-503-data": "model_overloaded",
};

for (const recording of recordings) {
  const body = readFileSync(join(folder, recording.file));
  test(`recording ${recording.stem}`, async () => {
    if (recording.status >= 400) {
      const error = upstreamError({ status: recording.status, body: body.toString(), now });
      const expected = statusCodes[recording.stem] ?? defaultCodes[recording.status];
      assert.equal(error.code, expected);
      return;
    }
    const whole = await read(recording, [body]);
    const expected =
      failures[recording.stem] ?? (isForeign(recording) ? "upstream_unreadable" : undefined);
    assert.equal(whole.error?.code, expected);
    if (expected === undefined) matchesPayloads(whole.events, payloadsOf(recording, body));
    for (let seed = 1; seed <= 8; seed += 1) {
      const pieces = await read(recording, randomPieces(body, seed));
      assert.equal(pieces.error?.code, expected, `seed ${seed}`);
      if (expected === undefined) assert.deepEqual(pieces.events, whole.events, `seed ${seed}`);
    }
  });
}

test("there are recordings", { skip }, () => assert.ok(recordings.length > 0));

function read(recording: Recording, pieces: readonly Uint8Array[]): Promise<Outcome> {
  const streamed = recording.form === "sse";
  return readAnswer(pieces, {
    streamed,
    unwrap: (payload) => fields(payload)?.response ?? payload,
  });
}

/** Answers of other methods are kept among the recordings. */
function isForeign({ shows }: Recording): boolean {
  const answers = ["prompt-blocked", "candidates-empty-array", "envelope"];
  return shows.includes("no-candidates") && !answers.some((name) => shows.includes(name));
}

function payloadsOf({ form }: Recording, body: Buffer): readonly AnyFields[] {
  const text = body.toString();
  const datas = [...text.matchAll(/^data: (.*?)\r?$/gm)].map(([, data = ""]) => data);
  const values =
    form === "sse" ? datas.map((data): unknown => JSON.parse(data)) : [JSON.parse(text)].flat();
  return values.map((value) => fields(fields(value)?.response) ?? fields(value) ?? {});
}

/** Reads the payloads a second time, in the plainest way, and compares what must be the same. */
function matchesPayloads(events: readonly ChatEvent[], payloads: readonly AnyFields[]): void {
  const candidates = payloads
    .flatMap((payload) => list(payload.candidates))
    .map((c) => fields(c) ?? {});
  const all = candidates
    .flatMap((candidate) => list(fields(candidate.content)?.parts))
    .map((part) => fields(part) ?? {});
  const shown = all.filter((part) => part.thought !== true).map((part) => word(part.text) ?? "");
  assert.equal(textOf(events, "text"), shown.join(""));
  const thought = all.filter((part) => part.thought === true).map((part) => word(part.text) ?? "");
  assert.equal(textOf(events, "reasoning"), thought.join(""));

  const calls = events.filter((event) => event.type === "tool-call");
  const named = all.filter((part) => fields(part.functionCall)?.name !== undefined);
  assert.deepEqual(
    calls.map((call) => call.name),
    named.map((part) => fields(part.functionCall)?.name),
  );
  assert.equal(new Set(calls.map((call) => call.id)).size, calls.length);
  for (const call of calls) JSON.parse(call.arguments);

  const signatures = all
    .map((part) => part.thoughtSignature)
    .filter((value) => value !== undefined);
  assert.deepEqual(
    events.flatMap((event) => ("signature" in event ? [event.signature] : [])),
    signatures,
  );

  const queries = candidates.flatMap((candidate) =>
    list(fields(candidate.groundingMetadata)?.webSearchQueries),
  );
  assert.deepEqual(
    events.flatMap((event) => (event.type === "search" ? [event.queries] : [])),
    queries.length === 0 ? [] : [[...new Set(queries)]],
  );

  const finishes = events.filter((event) => event.type === "finish");
  const words = candidates.map((candidate) => finishWord(candidate.finishReason)).filter(Boolean);
  const last = words.at(-1);
  const blocked = payloads.some(({ promptFeedback }) => fields(promptFeedback)?.blockReason);
  const silent = shown.length === 0 || blocked ? "content-filter" : "stop";
  const expected = last === undefined ? silent : finishReason(last, calls.length > 0);
  assert.deepEqual(
    finishes.map((finish) => finish.reason),
    [expected],
  );

  const usages = events.filter((event) => event.type === "usage");
  assert.ok(usages.length <= 1);
  const [{ usage } = { usage: undefined }] = usages;
  if (usage !== undefined) {
    assert.equal(usage.inputTokens + usage.outputTokens, usage.totalTokens);
    const metadata = fields(payloads.at(-1)?.usageMetadata);
    const complete = metadata?.candidatesTokenCount !== undefined;
    if (complete) assert.equal(usage.totalTokens, metadata?.totalTokenCount);
    assert.equal(events.at(-1)?.type, "usage");
  }
}

function textOf(events: readonly ChatEvent[], type: "text" | "reasoning"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}
