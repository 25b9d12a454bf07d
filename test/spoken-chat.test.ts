/** The promise: a client of OpenAI's audio models finds the sound of a model that speaks where it looks for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenAI } from "openai";
import { product } from "./support/product.ts";

const ask = {
  model: "gemini-3.1-flash-tts-preview",
  messages: [{ role: "user" as const, content: "Say: good morning, everybody" }],
  modalities: ["text" as const, "audio" as const],
};

test("a whole answer is one WAV file, or bare samples", async () => {
  await using gateway = await product();
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "none", maxRetries: 0 });
  const said = async (format: "wav" | "pcm16" | "mp3") => {
    const { data, response } = await client.chat.completions
      .create({ ...ask, audio: { voice: "alloy", format } })
      .withResponse();
    const message = data.choices[0]!.message;
    assert.equal(message.content, null);
    assert.match(message.audio?.id ?? "", /^audio_/);
    assert.equal(message.audio?.transcript, "");
    assert.equal(message.audio?.expires_at, data.created);
    const ignored = response.headers.get("x-agproxy-ignored") ?? "";
    assert.equal(ignored.includes("audio.format"), format === "mp3");
    return Buffer.from(message.audio?.data ?? "", "base64");
  };
  const [wav, bare, other] = [await said("wav"), await said("pcm16"), await said("mp3")];
  assert.equal(wav.toString("latin1", 0, 4), "RIFF");
  assert.equal(wav.readUInt32LE(24), 24_000);
  assert.equal(wav.readUInt32LE(40), wav.length - 44);
  assert.deepEqual(wav.subarray(44), bare);
  assert.deepEqual(other, wav);
});

test("a stream has samples under one id, in lines of bounded length", async () => {
  await using gateway = await product();
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "none", maxRetries: 0 });
  const stream = await client.chat.completions.create({
    ...ask,
    audio: { voice: "alloy", format: "pcm16" },
    stream: true,
  });
  const sounds: { readonly id: string; readonly data: string }[] = [];
  let text = "";
  for await (const { choices } of stream) {
    const delta = choices[0]?.delta as {
      readonly content?: string;
      readonly audio?: (typeof sounds)[0];
    };
    text += delta?.content ?? "";
    if (delta?.audio !== undefined) sounds.push(delta.audio);
  }
  assert.equal(text, "");
  assert.ok(sounds.length > 1);
  assert.equal(new Set(sounds.map(({ id }) => id)).size, 1);
  assert.ok(sounds.every(({ data }) => data.length <= 10_000 && data.length % 4 === 0));
});
