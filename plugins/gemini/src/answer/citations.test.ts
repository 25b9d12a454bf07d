import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf, parts, stop } from "../fixtures/answers.ts";
import { citations } from "./citations.ts";

const a = { web: { uri: "https://a.example", title: "A" } };
const b = { maps: { uri: "https://b.example" } };

async function citationsOf(...payloads: readonly unknown[]): Promise<readonly unknown[]> {
  const events = await eventsOf(...payloads, stop);
  return events.flatMap((event) => (event.type === "citation" ? [event.citation] : []));
}

const grounded = (groundingMetadata: object) => ({ candidates: [{ groundingMetadata }] });

test("byte offsets become positions in the text", async () => {
  const found = await citationsOf(
    parts({ text: "é😀 warm. " }),
    parts({ text: "Cold." }),
    grounded({
      groundingChunks: [a, b],
      groundingSupports: [
        { segment: { endIndex: 12, text: "é😀 warm." }, groundingChunkIndices: [0] },
        { segment: { startIndex: 13, endIndex: 18 }, groundingChunkIndices: [1, 7] },
      ],
    }),
  );
  assert.deepEqual(found, [
    { url: "https://a.example", title: "A", start: 0, end: 9 },
    { url: "https://b.example", start: 10, end: 15 },
  ]);
});

test("offsets count from their part, and thoughts are no text", async () => {
  const found = await citationsOf(
    parts({ text: "hmm", thought: true }, { text: "One. " }, { text: "Two." }),
    grounded({
      groundingChunks: [a],
      groundingSupports: [
        { segment: { partIndex: 2, endIndex: 4, text: "Two." }, groundingChunkIndices: [0] },
      ],
    }),
  );
  assert.deepEqual(found, [{ url: "https://a.example", title: "A", start: 5, end: 9 }]);
});

test("the segment's own text decides where the offsets are wrong", async () => {
  const found = await citationsOf(
    parts({ text: "One. Two." }),
    grounded({
      groundingChunks: [a],
      groundingSupports: [
        { segment: { startIndex: 1, endIndex: 3, text: "Two." }, groundingChunkIndices: [0] },
        { segment: { endIndex: 3, text: "not there" }, groundingChunkIndices: [0] },
      ],
    }),
  );
  assert.deepEqual(found, [
    { url: "https://a.example", title: "A", start: 5, end: 9 },
    { url: "https://a.example", title: "A" },
  ]);
});

test("a source that supports nothing in particular has no range; empty ones are none", async () => {
  const found = await citationsOf(grounded({ groundingChunks: [a, {}, a] }), grounded({}));
  assert.deepEqual(found, [{ url: "https://a.example", title: "A" }]);
});

test("recitation sources, in either spelling, without a URL, and beyond the text", async () => {
  const found = await citationsOf(parts({ text: "0123456789" }), {
    candidates: [
      {
        citationMetadata: {
          citationSources: [
            { uri: "u", endIndex: 4 },
            { startIndex: 1, endIndex: 2 },
          ],
          citations: [{ uri: "v", title: "V", startIndex: 5, endIndex: 500 }],
        },
      },
    ],
  });
  assert.deepEqual(found, [
    { url: "u", start: 0, end: 4 },
    { url: "v", title: "V" },
  ]);
});

test("a source told before what it supports is not told twice", async () => {
  const segment = { endIndex: 4, text: "One." };
  const found = await citationsOf(
    parts({ text: "One." }),
    grounded({ groundingChunks: [a, b] }),
    grounded({ groundingSupports: [{ segment, groundingChunkIndices: [0] }] }),
  );
  assert.deepEqual(found, [
    { url: "https://a.example", title: "A", start: 0, end: 4 },
    { url: "https://b.example" },
  ]);
});

test("pages that were read are sources, those that could not be are not", async () => {
  const urlMetadata = [
    { retrievedUrl: "https://a.example", urlRetrievalStatus: "URL_RETRIEVAL_STATUS_SUCCESS" },
    { retrievedUrl: "https://c.example", urlRetrievalStatus: "URL_RETRIEVAL_STATUS_SUCCESS" },
    { retrievedUrl: "https://d.example", urlRetrievalStatus: "URL_RETRIEVAL_STATUS_PAYWALL" },
  ];
  const found = await citationsOf(
    { candidates: [{ urlContextMetadata: { urlMetadata } }] },
    grounded({ groundingChunks: [a] }),
  );
  assert.deepEqual(found, [{ url: "https://a.example", title: "A" }, { url: "https://c.example" }]);
});

const candidate = (index: number, chunk: object) => ({
  index,
  content: { parts: [{ text: "x" }] },
  groundingMetadata: { groundingChunks: [chunk] },
  finishReason: "STOP",
});

test("each alternative has its own sources", async () => {
  const events = await eventsOf({ candidates: [candidate(0, a), candidate(1, b)] });
  const cited = events.flatMap((event) =>
    event.type === "citation" ? [[event.choice, event.citation.url]] : [],
  );
  assert.deepEqual(cited, [
    [0, "https://a.example"],
    [1, "https://b.example"],
  ]);
});

test("sources in very many events take a moment", () => {
  const count = 200_000;
  const grounding = Array.from({ length: count }, (_, index) => ({
    groundingChunks: index === 0 ? [a] : [],
    groundingSupports: [
      { segment: { startIndex: index, endIndex: index + 1 }, groundingChunkIndices: [0] },
    ],
  }));
  const before = performance.now();
  const found = citations(
    { grounding, sources: [], pages: [] },
    { text: "x".repeat(count), partStarts: [] },
  );
  assert.equal(found.length, count);
  assert.deepEqual(found.at(-1), { url: a.web.uri, title: "A", start: count - 1, end: count });
  // By the square it would be minutes.
  assert.ok(performance.now() - before < 20_000);
});
