import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { readSseText, scriptedUpstream, startGateway } from "@agproxy/core/testing";
import { audio } from "./index.ts";

const text = (words: string): ChatEvent => ({ type: "text", choice: 0, text: words });
const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 40, outputTokens: 5, totalTokens: 45, inputAudioTokens: 32 },
};
const wireUsage = {
  type: "tokens",
  input_tokens: 40,
  input_token_details: { text_tokens: 8, audio_tokens: 32 },
  output_tokens: 5,
  total_tokens: 45,
};
const logprobs: ChatEvent = {
  type: "logprobs",
  choice: 0,
  tokens: [{ token: "é", logprob: -0.5, top: [] }],
};

type Fields = Readonly<Record<string, string | string[] | File>>;

const recording = new File(["sound"], "a.wav", { type: "audio/wav" });

async function hear(task: string, fields: Fields, ...events: readonly ChatEvent[]) {
  const upstream = scriptedUpstream(() => events.map((event) => [event]));
  await using gateway = await startGateway({ plugins: [audio(), upstream.plugin] });
  const body = new FormData();
  for (const [key, value] of Object.entries({ model: "whisper-1", file: recording, ...fields })) {
    for (const item of Array.isArray(value) ? value : [value]) body.append(key, item);
  }
  const response = await fetch(`${gateway.url}/v1/audio/${task}`, { method: "POST", body });
  return { response, answer: await response.text(), sent: upstream.sent[0]?.request };
}

const said = [text("Hello "), text("there."), finish, usage];

test("a recording, after what is to be done with it", async () => {
  const { sent } = await hear("transcriptions", { temperature: "0" }, ...said);
  const [instruction, recorded, ...more] = sent?.messages[0]?.content ?? [];
  assert.match(instruction?.type === "text" ? instruction.text : "", /^Transcribe .* verbatim/);
  assert.deepEqual(recorded, {
    type: "media",
    media: "audio",
    source: { kind: "data", data: Buffer.from("sound").toString("base64") },
    filename: "a.wav",
    mimeType: "audio/wav",
  });
  assert.deepEqual(more, []);
  assert.deepEqual(sent?.sampling, { temperature: 0 });
  assert.equal(sent?.stream, false);
});

test("what the client knows of it, in its own words", async () => {
  const fields = {
    language: "de",
    "languages[]": ["fr", "it"],
    "keywords[]": ["agproxy"],
    prompt: " Mr. Öz ",
  };
  const { sent } = await hear("transcriptions", fields, ...said);
  const hints = sent?.messages[0]?.content
    .slice(1, -1)
    .map((part) => part.type === "text" && part.text);
  assert.deepEqual(hints, [
    "Language of the speech: de, fr, it",
    "Words that may be said: agproxy",
    "For names, spelling and style, not to be repeated in the answer:  Mr. Öz ",
  ]);
});

test("json, with usage", async () => {
  const { answer } = await hear("transcriptions", {}, ...said);
  assert.deepEqual(JSON.parse(answer), { text: "Hello there.", usage: wireUsage });
});

test("text is text", async () => {
  const { response, answer } = await hear("transcriptions", { response_format: "text" }, ...said);
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(answer, "Hello there.");
});

test("probabilities where they are asked for", async () => {
  const fields = { "include[]": ["logprobs"] };
  const { answer, sent } = await hear("transcriptions", fields, text("é"), logprobs, finish);
  assert.equal(sent?.sampling.logprobs, 0);
  assert.deepEqual(JSON.parse(answer), {
    text: "é",
    logprobs: [{ token: "é", logprob: -0.5, bytes: [0xc3, 0xa9] }],
  });
});

test("nothing said is an empty transcript", async () => {
  const { answer } = await hear("transcriptions", {}, finish);
  assert.deepEqual(JSON.parse(answer), { text: "" });
});

test("a translation is asked for in English and never streamed", async () => {
  const { sent, response, answer } = await hear("translations", { stream: "true" }, ...said);
  const [instruction] = sent?.messages[0]?.content ?? [];
  assert.match(instruction?.type === "text" ? instruction.text : "", /^Translate .* into English/);
  assert.equal(response.headers.get("x-agproxy-ignored"), "stream");
  assert.equal((JSON.parse(answer) as { text: unknown }).text, "Hello there.");
});

test("a stream of pieces and, last, all of it", async () => {
  const fields = { stream: "true", "include[]": ["logprobs"] };
  const { answer } = await hear("transcriptions", fields, text(""), ...said, logprobs);
  const events = readSseText(answer).map(({ data }): unknown => JSON.parse(data));
  assert.deepEqual(events, [
    { type: "transcript.text.delta", delta: "Hello " },
    { type: "transcript.text.delta", delta: "there." },
    {
      type: "transcript.text.done",
      text: "Hello there.",
      logprobs: [{ token: "é", logprob: -0.5, bytes: [0xc3, 0xa9] }],
      usage: wireUsage,
    },
  ]);
});

const failures: readonly [status: number, message: RegExp, events: readonly ChatEvent[]][] = [
  [400, /longer than the model can answer/, [{ ...finish, reason: "length" }]],
  [
    400,
    /transcription was withheld \(RECITATION\)/,
    [{ ...finish, reason: "content-filter", detail: "RECITATION" }],
  ],
  [400, /withheld: I will not\./, [{ type: "refusal", choice: 0, text: "I will not" }, finish]],
  [502, /ended early/, [{ ...finish, reason: "other" }]],
];

for (const [status, message, events] of failures) {
  test(`a transcript that is not whole is an error: ${message}`, async () => {
    const whole = await hear("transcriptions", {}, text("Hello"), ...events);
    assert.equal(whole.response.status, status);
    assert.match(whole.answer, message);
    const streamed = await hear("transcriptions", { stream: "true" }, text("Hello"), ...events);
    const last = readSseText(streamed.answer).at(-1);
    assert.equal(last?.event, "error");
    assert.match(last.data, message);
  });
}

const mistakes: readonly [param: string, fields: Fields][] = [
  ["model", { model: "" }],
  ["file", { file: "not a file" }],
  ["file", { file: new File([], "empty.wav") }],
  ["stream", { stream: "maybe" }],
  ["temperature", { temperature: "hot" }],
  ...["verbose_json", "srt", "vtt", "diarized_json"].map((format): [string, Fields] => [
    "response_format",
    { response_format: format },
  ]),
];

for (const [param, fields] of mistakes) {
  test(`a 400 names ${param}: ${JSON.stringify(fields)}`, async () => {
    const { response, answer } = await hear("transcriptions", fields, ...said);
    assert.equal(response.status, 400);
    assert.equal((JSON.parse(answer) as { error: { param: unknown } }).error.param, param);
  });
}

test("what no language model honours is named", async () => {
  const fields = { "timestamp_granularities[]": ["word"], "chunking_strategy[type]": "server_vad" };
  const { response } = await hear("transcriptions", fields, ...said);
  assert.equal(
    response.headers.get("x-agproxy-ignored"),
    "chunking_strategy, timestamp_granularities",
  );
});

for (const [name, said, type] of [
  ["a.mp3", "", "audio/mp3"],
  ["a.m4a", "application/octet-stream", "audio/m4a"],
  ["A.WEBM", "", "audio/webm"],
  ["a.webm", "audio/webm;codecs=opus", "audio/webm"],
  ["a.mp4", "video/mp4", "video/mp4"],
  ["noname", "", undefined],
] as const) {
  test(`the type of ${name}, said to be "${said}", is ${type}`, async () => {
    const file = new File(["x"], name, { type: said });
    const { sent } = await hear("transcriptions", { file }, text("x"), finish);
    const recorded = sent?.messages[0]?.content.at(-1);
    assert.equal(recorded?.type === "media" && recorded.mimeType, type);
  });
}
