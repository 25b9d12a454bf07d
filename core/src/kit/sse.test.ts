import assert from "node:assert/strict";
import { test } from "node:test";
import { namedSseFrame, splitSseFrames, SseDecoder, sseFrame } from "./sse.ts";

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

test("a line may end with CR alone, and all three ways may be mixed", () => {
  assert.deepEqual(all(reads("data: a\r\rdata: b\rdata: c\r\r: ping\r\r")), ["a", "b\nc"]);
  assert.deepEqual(all(reads("data: a\n\rdata: b\r\n\rdata: c\r\r\ndata: d")), [
    "a",
    "b",
    "c",
    "d",
  ]);
});

test("wherever reads are cut, lines end as if nothing was cut", () => {
  const mixed =
    "data: 1\r\n\r\ndata: 2\r\rdata: 3\n\ndata: 4\r\n\rdata: 5\rdata: 6\n\r\ndata: 7\r\n\r\n";
  const expected = ["1", "2", "3", "4", "5\n6", "7"];
  assert.deepEqual(all(reads(mixed)), expected);
  assert.deepEqual(all(reads(...mixed.split(""))), expected, "one by one");
  for (let cut = 1; cut < mixed.length; cut += 1) {
    assert.deepEqual(all(reads(mixed.slice(0, cut), mixed.slice(cut))), expected, `cut at ${cut}`);
  }
});

test("a CR at the end of a read ends its line at once, and the LF that follows is no second end", () => {
  const { events, taken } = decoder();
  const batches = ["data: 1\r", "\n\r", "\ndata: 2\r", "\ndata: 3\r\r", "data: 4\r\r"].map(
    (text) => {
      events.read(Buffer.from(text));
      return taken();
    },
  );
  assert.deepEqual(batches, [[], ["1"], [], ["2\n3"], ["4"]]);
});

test("a byte order mark at the start says nothing, whole or cut; elsewhere it is text", () => {
  const bytes = Buffer.from("\u{feff}data: \u{feff}1\n\n");
  for (let cut = 0; cut < 6; cut += 1) {
    const events = all([bytes.subarray(0, cut), bytes.subarray(cut)]);
    assert.deepEqual(events, ["\u{feff}1"], `cut at byte ${cut}`);
  }
  assert.deepEqual(all(reads('\u{feff}{"error": 1}')), ['{"error": 1}']);
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

test("what was written as frames is split into them", () => {
  const frames = [sseFrame('{"a":"x\\n\\ny"}'), namedSseFrame("e", "1"), sseFrame("end")];
  assert.deepEqual(splitSseFrames(frames.join("")), frames);
  assert.deepEqual(splitSseFrames(""), []);
});
