import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { readSseText, scriptedUpstream, startGateway } from "@agproxy/core/testing";
import { audio } from "./index.ts";
import { samplesOf } from "./samples.ts";
import { wavHeader } from "@agproxy/plugin-openai-wire";

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64");
const sound = (data: Uint8Array, mimeType = "audio/L16;codec=pcm;rate=24000"): ChatEvent => ({
  type: "media",
  choice: 0,
  media: "audio",
  mimeType,
  data: base64(data),
});
const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 3, outputTokens: 50, totalTokens: 53 },
};
const one = Buffer.of(1, 0, 2, 0);
const two = Buffer.of(3, 0, 4, 0);
const mono = { rate: 24_000, channels: 1 };

async function speak(body: object, ...events: readonly ChatEvent[]) {
  const upstream = scriptedUpstream(() => events.map((event) => [event]));
  await using gateway = await startGateway({ plugins: [audio(), upstream.plugin] });
  const response = await fetch(`${gateway.url}/v1/audio/speech`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "tts-1", input: "Hello", voice: "alloy", ...body }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { response, bytes, sent: upstream.sent[0]?.request };
}

test("the text is sent word for word, and how to speak it beside it", async () => {
  const body = { instructions: "Whisper.", extra_body: { google: { a: 1 } } };
  const { sent } = await speak(body, sound(one), finish);
  assert.deepEqual(sent, {
    model: "tts-1",
    messages: [
      { role: "system", content: [{ type: "text", text: "Whisper." }] },
      { role: "user", content: [{ type: "text", text: "Hello" }] },
    ],
    stream: false,
    sampling: {},
    modalities: ["audio"],
    voice: "alloy",
    extensions: { google: { a: 1 } },
  });
});

test("a voice that somebody made goes by its id", async () => {
  const { sent } = await speak({ voice: { id: "voice_1" } }, sound(one), finish);
  assert.equal(sent?.voice, "voice_1");
});

test("there is a voice where none is named", async () => {
  for (const voice of [null, ""]) {
    assert.equal((await speak({ voice }, sound(one), finish)).sent?.voice, "alloy");
  }
});

for (const [format, ignored] of [
  [undefined, "response_format"],
  ["mp3", "response_format"],
  ["wav", null],
]) {
  test(`response_format ${format} is a WAV file that says so`, async () => {
    const body = { response_format: format };
    const { response, bytes } = await speak(body, sound(one), sound(two), finish);
    assert.equal(response.headers.get("content-type"), "audio/wav");
    assert.equal(response.headers.get("x-agproxy-ignored"), ignored);
    assert.deepEqual(bytes, Buffer.concat([wavHeader(mono, 8), one, two]));
  });
}

test("the header of a WAV file", () => {
  const header = wavHeader({ rate: 48_000, channels: 2 }, 8);
  assert.equal(
    header.toString("hex"),
    [
      "52494646 2c000000 57415645 666d7420 10000000 0100 0200",
      "80bb0000 00ee0200 0400 1000 64617461 08000000",
    ]
      .join("")
      .replaceAll(" ", ""),
  );
});

test("pcm is the samples alone, and says what is unusual about them", async () => {
  const usual = await speak({ response_format: "pcm" }, sound(one), finish);
  assert.equal(usual.response.headers.get("content-type"), "audio/pcm");
  assert.deepEqual(usual.bytes, one);
  const other = await speak(
    { response_format: "pcm" },
    sound(one, "audio/L16;rate=16000;channels=2"),
    finish,
  );
  assert.equal(other.response.headers.get("content-type"), "audio/pcm;rate=16000;channels=2");
});

/** With a chunk of odd length before the samples and one after them. */
const riff = Buffer.concat([
  wavHeader(mono, one.length).subarray(0, 36),
  Buffer.from("LIST\x03\0\0\0abc\0", "latin1"),
  wavHeader(mono, one.length).subarray(36),
  one,
  Buffer.from("note\x02\0\0\0hi", "latin1"),
]);

test("a WAV file of the model's stays as it is, and pcm is its samples", async () => {
  const event = sound(riff, "audio/wav");
  assert.deepEqual((await speak({ response_format: "wav" }, event, finish)).bytes, riff);
  assert.deepEqual((await speak({ response_format: "pcm" }, event, finish)).bytes, one);
});

test("several WAV files become one", async () => {
  const { bytes } = await speak(
    { response_format: "wav" },
    sound(riff, "audio/wav"),
    sound(two),
    finish,
  );
  assert.deepEqual(bytes, Buffer.concat([wavHeader(mono, 8), one, two]));
});

test("compressed sound is answered as it is, under its own type", async () => {
  const { response, bytes } = await speak({}, sound(one, "audio/mpeg"), finish);
  assert.equal(response.headers.get("content-type"), "audio/mpeg");
  assert.deepEqual(bytes, one);
});

test("WAV files of other samples, and broken ones, are not taken for plain samples", () => {
  const floats = Buffer.from(riff);
  floats.writeUInt16LE(3, 20);
  const broken: readonly Buffer[] = [
    floats,
    riff.subarray(0, 20),
    riff.subarray(0, 36),
    Buffer.from("RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff", "latin1"),
  ];
  for (const bytes of broken) {
    assert.equal(samplesOf({ mimeType: "audio/wav", data: base64(bytes) }), undefined);
  }
  const unfinished = Buffer.from(riff.subarray(0, riff.indexOf("note")));
  unfinished.writeUInt32LE(0xffffffff, unfinished.indexOf("data") + 4);
  assert.deepEqual(samplesOf({ mimeType: "audio/wav", data: base64(unfinished) })?.bytes, one);
});

test("speed is named as ignored, unless it is the usual one", async () => {
  for (const [speed, ignored] of [
    [1.5, "speed"],
    [1, null],
  ]) {
    const { response } = await speak({ response_format: "wav", speed }, sound(one), finish);
    assert.equal(response.headers.get("x-agproxy-ignored"), ignored);
  }
});

const mistakes: readonly [param: string, body: object][] = [
  ["model", { model: null }],
  ["input", { input: "" }],
  ["voice", { voice: 1 }],
  ["instructions", { instructions: 1 }],
  ["response_format", { response_format: "opus" }],
  ["response_format", { response_format: "flac" }],
  ["stream_format", { stream_format: "websocket" }],
  ["speed", { speed: "fast" }],
];

for (const [param, body] of mistakes) {
  test(`a 400 names ${param}: ${JSON.stringify(body)}`, async () => {
    const { response, bytes } = await speak(body, sound(one), finish);
    assert.equal(response.status, 400);
    assert.equal(
      (JSON.parse(bytes.toString()) as { error: { param: unknown } }).error.param,
      param,
    );
  });
}

const text: ChatEvent = { type: "text", choice: 0, text: "Hello to you" };
const failures: readonly [status: number, message: RegExp, events: readonly ChatEvent[]][] = [
  [502, /The model said nothing\./, [finish]],
  [400, /wrote instead of speaking: Hello to you\./, [text, finish]],
  [400, /longer than the model can answer/, [{ ...finish, reason: "length" }]],
  [400, /withheld \(SAFETY\)\./, [{ ...finish, reason: "content-filter", detail: "SAFETY" }]],
  [400, /withheld: No\./, [{ type: "refusal", choice: 0, text: "No" }, finish]],
  [502, /ended early \(OTHER\)/, [{ ...finish, reason: "other", detail: "OTHER" }]],
];

for (const [status, message, events] of failures) {
  for (const streamFormat of ["audio", "sse"]) {
    test(`no speech is an error: ${message}, ${streamFormat}`, async () => {
      const { response, bytes } = await speak({ stream_format: streamFormat }, ...events);
      assert.equal(response.status, status);
      const { error } = JSON.parse(bytes.toString()) as { error: { message: string } };
      assert.match(error.message, message);
    });
  }
}

test("speech that is cut short is an error, not a short file", async () => {
  const { response } = await speak({}, sound(one), { ...finish, reason: "length" });
  assert.equal(response.status, 400);
});

test("a stream of WAV begins with a header of unknown length", async () => {
  const body = { stream_format: "sse" };
  const { bytes, sent } = await speak(body, sound(one), sound(two), finish, usage);
  assert.equal(sent?.stream, true);
  const events = readSseText(bytes.toString()).map(({ data }): unknown => JSON.parse(data));
  assert.deepEqual(events, [
    { type: "speech.audio.delta", audio: base64(wavHeader(mono, 0xffffffff)) },
    { type: "speech.audio.delta", audio: base64(one) },
    { type: "speech.audio.delta", audio: base64(two) },
    {
      type: "speech.audio.done",
      usage: { input_tokens: 3, output_tokens: 50, total_tokens: 53 },
    },
  ]);
});

test("a stream of pcm is samples alone, and fails as an event after the first", async () => {
  const body = { stream_format: "sse", response_format: "pcm" };
  const cut: ChatEvent = { ...finish, reason: "other" };
  const { bytes } = await speak(body, sound(riff, "audio/wav"), cut);
  const [first, last, ...more] = readSseText(bytes.toString());
  assert.deepEqual(JSON.parse(first?.data ?? ""), {
    type: "speech.audio.delta",
    audio: base64(one),
  });
  assert.equal(last?.event, "error");
  assert.equal(
    (JSON.parse(last?.data ?? "") as { error: { code: unknown } }).error.code,
    "upstream_failed",
  );
  assert.deepEqual(more, []);
});
