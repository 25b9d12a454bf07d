import assert from "node:assert/strict";
import { test } from "node:test";
import { SseDecoder } from "./sse.ts";

function reads(...chunks: readonly (string | Uint8Array)[]): readonly Uint8Array[] {
  return chunks.map((chunk) => Buffer.from(chunk as string));
}

/** A decoder, and what it has handed over since that was last asked for. */
function decoder() {
  const taken: string[] = [];
  const events = new SseDecoder((data) => taken.push(data));
  return { events, taken: () => taken.splice(0) };
}

function all(body: readonly Uint8Array[]): readonly string[] {
  const { events, taken } = decoder();
  for (const bytes of body) events.read(bytes);
  events.end();
  return taken();
}

test("an event is handed over by the read that completes it", () => {
  const { events, taken } = decoder();
  const batches = reads("data: 1\n\ndata: 2\n\ndata:", " 3\n", "\n").map((bytes) => {
    events.read(bytes);
    return taken();
  });
  assert.deepEqual(batches, [["1", "2"], [], ["3"]]);
});

test("line endings may be LF or CRLF, and data may have several lines", () => {
  const events = all(reads("data: a\r\n\r\ndata: b\n\ndata:c\ndata: d\n\n"));
  assert.deepEqual(events, ["a", "b", "c\nd"]);
});

test("an event in very many reads costs no more than its length", () => {
  const piece = "x".repeat(1000);
  const events = all(reads("data: ", ...Array<string>(20_000).fill(piece), "\n\n"));
  assert.equal(events[0]?.length, 20_000_000);
});

test("bytes may be cut anywhere, inside a character too", () => {
  const bytes = Buffer.from('data: {"text":"日本 🎌"}\r\n\r\ndata: ende\r\n\r\n');
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const events = all(reads(bytes.subarray(0, cut), bytes.subarray(cut)));
    assert.deepEqual(events, ['{"text":"日本 🎌"}', "ende"], `cut at byte ${cut}`);
  }
});

test("a last event without its blank line is not lost", () => {
  assert.deepEqual(all(reads("data: 1\n\ndata: 2")), ["1", "2"]);
});

test("a bare JSON error after good events comes as the last payload", () => {
  const stray =
    '{\n  "error": {\n    "code": 503,\n    "message": "overloaded: try later"\n  }\n}\n';
  const events = all(reads("data: 1\r\n\r\n", stray.slice(0, 20), stray.slice(20)));
  assert.equal(events.length, 2);
  assert.deepEqual(JSON.parse(events[1] ?? ""), JSON.parse(stray));
});

test("a JSON body in place of a stream comes whole", () => {
  const stray = '[{"error": {"code": 429}}\n,\n{"a": 1}]';
  assert.deepEqual(JSON.parse(all(reads(stray))[0] ?? ""), JSON.parse(stray));
});

test("comments and other fields are no events", () => {
  assert.deepEqual(all(reads(": ping\n\nevent: x\nid: 7\nretry: 10\ndata: 1\n\n")), ["1"]);
});

test("the end of a stream completes what is left once", () => {
  const { events, taken } = decoder();
  events.read(Buffer.from("data: 1\n\ndata: 2\nno event"));
  assert.deepEqual(taken(), ["1"]);
  events.end();
  assert.deepEqual(taken(), ["2", "no event"]);
  events.end();
  assert.deepEqual(taken(), []);
});
