/**
 * The promise: the places of a citation are places in the content that the client has, whatever characters it
 * holds, wherever the stream was cut and whatever was shown between.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readSseText } from "agproxy/testing";
import { groundedAnswer, mapsAnswer } from "../plugins/gemini/src/fixtures/recordings/sources.ts";
import { ask, chatRoutes } from "./support/chat-routes.ts";
import { geminiServer, sse } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";
import { repository } from "./support/repository.ts";

const route = chatRoutes.find(({ path }) => path === "/v1/chat/completions")!;

type Json = Readonly<Record<string, unknown>>;

interface Cited {
  readonly content: string;
  /** The piece of the content that each citation points at, by URL. */
  readonly pieces: readonly (readonly [url: string, piece: string])[];
}

/** What a client has of an answer that Gemini gives in these payloads. */
async function cited(payloads: readonly unknown[], stream: boolean): Promise<Cited> {
  await using upstream = await geminiServer(({ response }) => {
    const type = stream ? "text/event-stream" : "application/json";
    response.writeHead(200, { "content-type": type });
    response.end(stream ? payloads.map(sse).join("") : JSON.stringify(payloads[0]));
  });
  await using gateway = await poolGateway(upstream.url);
  const response = await ask(gateway, { route, stream }, { more: { model: "gemini-2.5-flash" } });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  const messages: readonly unknown[] = stream
    ? readSseText(body)
        .slice(0, -1)
        .map(({ data }) => at(JSON.parse(data), "choices", 0, "delta"))
    : [at(JSON.parse(body), "choices", 0, "message")];
  const texts = messages.map((message) => at(message, "content"));
  const content = texts.filter((text) => typeof text === "string").join("");
  const annotations = messages.flatMap((message) => (at(message, "annotations") ?? []) as Json[]);
  const pieces = annotations.map((annotation) => {
    const citation = at(annotation, "url_citation");
    const [start, end] = [at(citation, "start_index"), at(citation, "end_index")];
    assert.ok(Number.isInteger(start) && Number.isInteger(end));
    return [String(at(citation, "url")), content.slice(Number(start), Number(end))] as const;
  });
  return { content, pieces };
}

const sentences = ["It is 67°F – warm.", "Čau 🍕👩‍👩‍👧 für alle!", "日本語です。"];
const answer = sentences.join(" ");
const bytes = (text: string) => Buffer.byteLength(text);

/** Grounding as Gemini writes it: offsets are in bytes of UTF-8. */
const grounding = {
  groundingChunks: sentences.map((_, index) => ({ web: { uri: `https://s${index}`, title: "t" } })),
  groundingSupports: sentences.map((text, index) => {
    const startIndex = bytes(answer.slice(0, answer.indexOf(text)));
    return {
      segment: { startIndex, endIndex: startIndex + bytes(text), text },
      groundingChunkIndices: [index],
    };
  }),
};
const expected = sentences.map((text, index) => [`https://s${index}`, text] as const);

const candidate = (parts: readonly unknown[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: "model", parts }, ...more }],
});
const end = { finishReason: "STOP", groundingMetadata: grounding };

test("whole", async () => {
  const found = await cited([candidate([{ text: answer }], end)], false);
  assert.equal(found.content, answer);
  assert.deepEqual(found.pieces, expected);
});

test("streamed, cut anywhere between characters", async () => {
  const characters = Array.from(answer);
  for (const cut of [1, 6, 7, 20, 24, 25, 30, characters.length - 1]) {
    const [first, rest] = [characters.slice(0, cut).join(""), characters.slice(cut).join("")];
    const payloads = [candidate([{ text: first }]), candidate([{ text: rest }], end)];
    const found = await cited(payloads, true);
    assert.equal(found.content, answer);
    assert.deepEqual(found.pieces, expected);
  }
});

test("streamed, with the sources in an event of their own", async () => {
  const found = await cited([candidate([{ text: answer }]), candidate([], end)], true);
  assert.deepEqual(found.pieces, expected);
});

for (const stream of [false, true]) {
  test(`after code that is shown in the content, ${stream ? "streamed" : "whole"}`, async () => {
    const parts = [
      { executableCode: { language: "PYTHON", code: "print('°')" } },
      { codeExecutionResult: { outcome: "OUTCOME_OK", output: "°\n" } },
      { text: answer },
    ];
    const supports = grounding.groundingSupports.map(({ segment, ...support }) => ({
      ...support,
      segment: { ...segment, partIndex: 2 },
    }));
    const metadata = { ...grounding, groundingSupports: supports };
    const payload = candidate(parts, { ...end, groundingMetadata: metadata });
    const found = await cited([payload], stream);
    assert.ok(found.content.endsWith(answer) && found.content.length > answer.length);
    assert.deepEqual(found.pieces, expected);
  });
}

/** Every quoted segment is a piece of the content, whole and streamed. */
async function assertQuoted(payload: unknown): Promise<void> {
  const metadata = at(payload, "candidates", 0, "groundingMetadata");
  const segments = (at(metadata, "groundingSupports") as readonly Json[]).map((support) =>
    at(support, "segment", "text"),
  );
  assert.ok(segments.length > 0);
  for (const stream of [false, true]) {
    const { pieces } = await cited([payload], stream);
    const quoted = new Set(pieces.map(([, piece]) => piece));
    for (const segment of segments) assert.ok(quoted.has(String(segment)), String(segment));
  }
}

for (const [source, payload] of Object.entries({ web: groundedAnswer, maps: mapsAnswer })) {
  test(`an answer of our own in the form of a recorded one: ${source}`, () =>
    assertQuoted(payload));
}

const recordings = join(repository, "../shared/recordings/firebase");

for (const name of [
  "fb-googleai-unary-success-google-search-grounding",
  "fb-googleai-unary-success-google-maps-grounding",
  "fb-vertexai-unary-success-google-maps-grounding",
]) {
  const file = join(recordings, `${name}.json`);
  const skip = existsSync(file) ? false : "there are no recordings beside the repository";
  test(`a recorded answer, whole and streamed: ${name}`, { skip }, () =>
    assertQuoted(JSON.parse(readFileSync(file, "utf8"))),
  );
}
