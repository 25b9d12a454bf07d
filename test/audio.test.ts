/** Speech and transcripts are what OpenAI's API description says, and what its SDK reads. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { audio } from "@agproxy/plugin-audio";
import type { ChatEvent } from "agproxy";
import { readSseText, scriptedUpstream, startGateway } from "agproxy/testing";
import { BadRequestError, toFile } from "openai";
import { openapiValidator } from "./openapi/validator.ts";
import { client } from "./support/client.ts";
import { at } from "./support/json-path.ts";
import { mediaGateway, type MediaGateway } from "./support/media-gateway.ts";

const validator = openapiValidator();

const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 40, outputTokens: 5, totalTokens: 45, inputAudioTokens: 32 },
};
const said: ChatEvent = { type: "text", choice: 0, text: "Hello." };
const spoken: ChatEvent = {
  type: "media",
  choice: 0,
  media: "audio",
  mimeType: "audio/L16;codec=pcm;rate=24000",
  data: "AQACAA==",
};
const logprobs: ChatEvent = {
  type: "logprobs",
  choice: 0,
  tokens: [{ token: "Hello.", logprob: -0.5, top: [] }],
};

async function ask(
  path: string,
  fields: Readonly<Record<string, string>>,
  events: readonly ChatEvent[],
): Promise<string> {
  const upstream = scriptedUpstream(() => events.map((event) => [event]));
  await using gateway = await startGateway({ plugins: [audio(), upstream.plugin] });
  const isSpeech = path === "/audio/speech";
  const form = new FormData();
  for (const [key, value] of Object.entries({ model: "m", ...fields })) form.append(key, value);
  form.append("file", new File(["sound"], "a.wav"));
  const json = JSON.stringify({ model: "m", ...fields });
  const response = await fetch(`${gateway.url}/v1${path}`, {
    method: "POST",
    ...(isSpeech
      ? { headers: { "content-type": "application/json" }, body: json }
      : { body: form }),
  });
  return response.text();
}

for (const [title, events] of Object.entries({
  counted: [said, logprobs, finish, usage],
  uncounted: [said, finish],
  silence: [finish],
})) {
  for (const path of ["/audio/transcriptions", "/audio/translations"]) {
    test(`described: ${path}, ${title}`, async () => {
      const body: unknown = JSON.parse(await ask(path, { "include[]": "logprobs" }, events));
      assert.deepEqual(validator.validate({ path, method: "POST", status: 200 }, body), []);
    });
  }

  test(`described: a streamed transcription, ${title}`, async () => {
    const path = "/audio/transcriptions";
    const stream = await ask(path, { stream: "true", "include[]": "logprobs" }, events);
    assertStream(path, stream, "transcript.text.done");
  });
}

test("described: streamed speech", async () => {
  const path = "/audio/speech";
  const fields = { input: "Hello", voice: "alloy", stream_format: "sse" };
  for (const events of [
    [spoken, finish, usage],
    [spoken, finish],
  ]) {
    assertStream(path, await ask(path, fields, events), "speech.audio.done");
  }
});

function assertStream(path: string, stream: string, last: string): void {
  const events = readSseText(stream).map(({ data }): unknown => JSON.parse(data));
  assert.equal(at(events.at(-1), "type"), last);
  for (const event of events) {
    const target = { path, method: "POST", status: 200, stream: true };
    assert.deepEqual(validator.validate(target, event), [], JSON.stringify(event));
  }
}

test("described: an error", async () => {
  for (const path of ["/audio/speech", "/audio/transcriptions", "/audio/translations"]) {
    const body: unknown = JSON.parse(await ask(path, { model: "" }, [finish]));
    assert.deepEqual(validator.validate("ErrorResponse", body), []);
  }
});

/** What reached the upstream. */
const sent = (gateway: MediaGateway) => gateway.upstream.requests.at(-1)?.body;

const recording = () => toFile(Buffer.alloc(4000), "speech.wav", { type: "audio/wav" });

suite("the SDK", () => {
  test("speaks", async () => {
    await using gateway = await mediaGateway(audio());
    const response = await client(gateway).audio.speech.create({
      model: "tts-1",
      voice: "alloy",
      input: "Hello to all of you",
    });
    assert.equal(response.headers.get("content-type"), "audio/wav");
    assert.equal(response.headers.get("x-mapped-model"), "gemini-3.8-flash-lite-tts");
    const file = Buffer.from(await response.arrayBuffer());
    assert.equal(file.toString("latin1", 0, 4), "RIFF");
    assert.equal(file.readUInt32LE(4), file.length - 8);
    const config = at(sent(gateway), "generationConfig");
    assert.deepEqual(at(config, "responseModalities"), ["AUDIO"]);
    assert.ok(at(config, "speechConfig", "voiceConfig"));
  });

  test("speaks bare samples: those of the WAV file", async () => {
    await using gateway = await mediaGateway(audio());
    const asked = { model: "gpt-4o-mini-tts", voice: "Kore", input: "Hello" };
    const { speech } = client(gateway).audio;
    const wav = await speech.create({ ...asked, response_format: "wav" });
    const pcm = await speech.create({ ...asked, response_format: "pcm" });
    assert.equal(pcm.headers.get("content-type"), "audio/pcm");
    const samples = Buffer.from(await pcm.arrayBuffer());
    assert.ok(samples.length > 1000);
    assert.deepEqual(Buffer.from(await wav.arrayBuffer()).subarray(44), samples);
  });

  test("is told which formats there are", async () => {
    await using gateway = await mediaGateway(audio());
    const asked = {
      model: "tts-1",
      voice: "alloy",
      input: "Hello",
      response_format: "opus",
    } as const;
    await assert.rejects(client(gateway).audio.speech.create(asked), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.param, "response_format");
      assert.match(error.message, /"wav" or "pcm"/);
      return true;
    });
  });

  test("transcribes", async () => {
    await using gateway = await mediaGateway(audio());
    const { text } = await client(gateway).audio.transcriptions.create({
      model: "whisper-1",
      file: await recording(),
      language: "en",
    });
    assert.match(text, /agproxy sandbox/);
    const parts = at(sent(gateway), "contents", 0, "parts");
    assert.ok(Array.isArray(parts));
    assert.deepEqual(at(parts.at(-1), "inlineData", "mimeType"), "audio/wav");
  });

  test("transcribes to bare text", async () => {
    await using gateway = await mediaGateway(audio());
    const text = await client(gateway).audio.transcriptions.create({
      model: "gpt-4o-mini-transcribe",
      file: await recording(),
      response_format: "text",
    });
    assert.equal(typeof text, "string");
    assert.match(text, /agproxy sandbox/);
  });

  test("streams a transcript", async () => {
    await using gateway = await mediaGateway(audio());
    const stream = await client(gateway).audio.transcriptions.create({
      model: "gpt-4o-transcribe",
      file: await recording(),
      stream: true,
    });
    const pieces: string[] = [];
    let whole: string | undefined;
    for await (const event of stream) {
      if (event.type === "transcript.text.delta") pieces.push(event.delta);
      if (event.type === "transcript.text.done") whole = event.text;
    }
    assert.ok(pieces.length > 1);
    assert.equal(whole, pieces.join(""));
  });

  test("translates", async () => {
    await using gateway = await mediaGateway(audio());
    const file = await recording();
    const { text } = await client(gateway).audio.translations.create({ model: "whisper-1", file });
    assert.match(text, /agproxy sandbox/);
    assert.match(JSON.stringify(at(sent(gateway), "contents")), /into English/);
  });
});
