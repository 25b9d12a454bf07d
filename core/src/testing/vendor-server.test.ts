import assert from "node:assert/strict";
import { test } from "node:test";
import { SseDecoder } from "../index.ts";
import { cutInTwo, randomPieces, singleBytes, startVendor } from "../testing.ts";

const recorded = Buffer.from('data: {"text":"日本 🎌"}\r\n\r\ndata: end\r\n\r\n');

/** The events in these pieces, as an upstream would read them. */
function eventsOf(pieces: readonly Uint8Array[]): readonly string[] {
  const events: string[] = [];
  const decoder = new SseDecoder((data) => events.push(data));
  for (const piece of pieces) decoder.read(piece);
  decoder.end();
  return events;
}

test("a recording can be cut at each of its bytes, and says the same", () => {
  const whole = eventsOf([recorded]);
  assert.equal(whole.length, 2);
  const everyWay = [...cutInTwo(recorded), singleBytes(recorded)];
  for (let seed = 1; seed <= 20; seed += 1) everyWay.push(randomPieces(recorded, seed));
  assert.equal(everyWay.length, recorded.length - 1 + 1 + 20);
  for (const pieces of everyWay) {
    assert.deepEqual(Buffer.concat(pieces), recorded);
    assert.deepEqual(eventsOf(pieces), whole);
  }
  assert.deepEqual(randomPieces(recorded, 7), randomPieces(recorded, 7));
});

test("a vendor gets what is sent to it, and answers texts, JSON and pieces", async () => {
  await using vendor = await startVendor(({ url }) => {
    if (url === "/json") return { status: 429, headers: { "retry-after": "2" }, body: { a: 1 } };
    return url === "/text" ? { body: "plain" } : { pieces: singleBytes(recorded) };
  });
  const json = await fetch(`${vendor.url}/json`, { method: "POST", body: "asked" });
  assert.deepEqual([json.status, json.headers.get("retry-after")], [429, "2"]);
  assert.deepEqual(await json.json(), { a: 1 });
  assert.equal(await (await fetch(`${vendor.url}/text`)).text(), "plain");
  const pieces = await fetch(`${vendor.url}/pieces`);
  assert.deepEqual(Buffer.from(await pieces.arrayBuffer()), recorded);
  assert.deepEqual(
    vendor.received.map(({ method, url, body }) => [method, url, body]),
    [
      ["POST", "/json", "asked"],
      ["GET", "/text", ""],
      ["GET", "/pieces", ""],
    ],
  );
});

test("a vendor breaks off in the middle", async () => {
  await using vendor = await startVendor(() => ({
    pieces: [recorded.subarray(0, 20)],
    breaksOff: true,
  }));
  const answer = await fetch(vendor.url);
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
});
