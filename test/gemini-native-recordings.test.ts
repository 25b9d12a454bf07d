/**
 * The promise: a client of Google's API gets through agproxy what the upstream said, to the last field and in its order: every
 * recorded answer, and our own in their forms, as events, as an array and whole, in pieces of any size.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { isObject, SseDecoder } from "agproxy";
import {
  randomPieces,
  readSseText,
  singleBytes,
  startGateway,
  type TestGateway,
} from "agproxy/testing";
import { ownRecordings } from "../plugins/gemini/src/fixtures/recordings/own-recordings.ts";
import { at } from "./support/json-path.ts";
import { recordedUpstream } from "./support/recorded-upstream.ts";

const folder = join(import.meta.dirname, "../../shared/recordings");
const skip = existsSync(folder) ? false : "there are no recordings beside the repository";

interface Recording {
  readonly stem: string;
  readonly file: string;
  readonly status: number;
  readonly form: string;
}

const manifest =
  skip === false
    ? (JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as readonly Recording[])
    : [];

const recorded = manifest.map(({ stem, file, status, form }) => ({
  title: `recording ${stem}`,
  status,
  form,
  bytes: readFileSync(join(folder, file)),
}));

const answers = [
  ...recorded,
  ...ownRecordings.map(({ name, status, form, body }) => ({
    title: `our own: ${name}`,
    status,
    form,
    bytes: Buffer.from(body),
  })),
].filter(({ status }) => status === 200);

const upstream = recordedUpstream();
let gateway: TestGateway;
before(async () => {
  gateway = await startGateway({ plugins: [geminiNative(), upstream.plugin], logLevel: "silent" });
});
after(() => gateway.close());

/** Single bytes are for short answers: each is a read. */
const maxSingleBytes = 4000;

for (const { title, form, bytes } of answers) {
  test(title, async () => {
    const said = saidIn(bytes, form);
    const cuts = [[bytes], randomPieces(bytes, 1), randomPieces(bytes, 2)];
    if (bytes.length <= maxSingleBytes) cuts.push(singleBytes(bytes));
    for (const pieces of cuts) {
      for (const way of form === "json" ? [whole] : [events, items]) {
        upstream.answer(pieces);
        assertSame(await ask(way), said, way.method);
      }
    }
  });
}

test("there are recordings", { skip }, () => assert.ok(recorded.length > 0));

/** An answer as JSON texts. */
interface Said {
  readonly payloads: readonly string[];
  /** The error in which it ends. */
  readonly error?: unknown;
}

interface Way {
  readonly method: string;
  payloads(text: string): readonly unknown[];
}

const whole: Way = { method: "generateContent", payloads: (text) => [JSON.parse(text)] };
const events: Way = {
  method: "streamGenerateContent?alt=sse",
  payloads: (text) =>
    text.startsWith("{")
      ? [JSON.parse(text)]
      : readSseText(text).map(({ data }): unknown => JSON.parse(data)),
};
const items: Way = {
  method: "streamGenerateContent",
  payloads: (text) => [JSON.parse(text) as unknown].flat(),
};

async function ask({ method, payloads }: Way): Promise<Said> {
  const response = await fetch(`${gateway.url}/v1beta/models/gemini-2.5-flash:${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"contents":[{"parts":[{"text":"x"}]}]}',
  });
  return parted(payloads(await response.text()));
}

/** What an upstream said, in the plainest way. Cloud Code wraps it. */
function saidIn(bytes: Buffer, form: string): Said {
  const values: unknown[] = [];
  const take = (text: string) => values.push(...[JSON.parse(text) as unknown].flat());
  if (form === "sse") {
    const decoder = new SseDecoder(take);
    decoder.read(bytes);
    decoder.end();
  } else take(bytes.toString());
  return parted(values.map((value) => at(value, "response") ?? value));
}

function parted(values: readonly unknown[]): Said {
  const last = values.at(-1);
  const error = isObject(last) ? last["error"] : undefined;
  const payloads = (error === undefined ? values : values.slice(0, -1)).map((value) =>
    JSON.stringify(value),
  );
  return error === undefined ? { payloads } : { payloads, error };
}

/**
 * What failed may end in another error than the upstream's, and an answer that is not streamed is nothing but its error then.
 * Before it comes what the upstream had said.
 */
function assertSame(got: Said, said: Said, way: string): void {
  if (got.error === undefined) return assert.deepEqual(got, said, way);
  const codes = failureCodes(said);
  assert.ok(codes.length > 0, `${way}: ${JSON.stringify(got.error)}`);
  if (said.error !== undefined) assert.deepEqual(got.error, said.error, way);
  else assert.ok(codes.includes(String(at(got.error, "details", 0, "metadata", "code"))), way);
  assert.deepEqual(got.payloads, said.payloads.slice(0, got.payloads.length), way);
  // An answer that fails before anything went out is nothing but its error.
  const lost = got.payloads.length === 0 ? [] : said.payloads.slice(got.payloads.length);
  assert.ok(!hasText(lost), `${way}: ${lost.length} lost`);
}

/** What agproxy calls an answer that it cannot let pass; none for a good one. */
function failureCodes({ payloads, error }: Said): readonly string[] {
  const values = payloads.map((text): unknown => JSON.parse(text));
  const endings = values
    .flatMap((value) => at(value, "candidates") ?? [])
    .map((candidate) => at(candidate, "finishReason"));
  const codes = {
    "the upstream's own": error !== undefined,
    upstream_unreadable: !values.every(isAnswer),
    upstream_cut: endings.every((ending) => ending === undefined),
    malformed_tool_call: endings.includes("MALFORMED_FUNCTION_CALL"),
  };
  return Object.entries(codes).flatMap(([code, isIt]) => (isIt ? [code] : []));
}

function isAnswer(value: unknown): boolean {
  const fields = ["candidates", "promptFeedback", "usageMetadata"];
  return isObject(value) && fields.some((field) => field in value);
}

/** A payload that says nothing may wait for the end of the answer, and not come where that fails. */
function hasText(payloads: readonly string[]): boolean {
  return payloads.some((text) => /"text":"(?!")|"functionCall":/.test(text));
}
