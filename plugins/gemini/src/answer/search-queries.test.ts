import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf, parts, stop } from "../fixtures/answers.ts";

const searched = (webSearchQueries: unknown, index = 0) => ({
  candidates: [{ index, groundingMetadata: { webSearchQueries } }],
});

test("searches are told once, each query once, before the sources they found", async () => {
  const groundingChunks = [{ web: { uri: "https://a.example" } }];
  const events = await eventsOf(
    searched(["b", "a"]),
    parts({ text: "Warm." }),
    searched(["b", "c", "", 1, null]),
    { candidates: [{ groundingMetadata: { groundingChunks } }] },
    stop,
  );
  assert.deepEqual(events, [
    { type: "text", choice: 0, text: "Warm." },
    { type: "search", choice: 0, queries: ["b", "a", "c"] },
    { type: "citation", choice: 0, citation: { url: "https://a.example" } },
    { type: "finish", choice: 0, reason: "stop" },
  ]);
});

test("each choice has its own searches, and one without any has none", async () => {
  const ends = [0, 1].map((index) => ({ candidates: [{ index, finishReason: "STOP" }] }));
  const events = await eventsOf(searched([]), searched(["x"], 1), ...ends);
  assert.deepEqual(
    events.filter(({ type }) => type === "search"),
    [{ type: "search", choice: 1, queries: ["x"] }],
  );
});
