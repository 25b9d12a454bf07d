import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTo } from "./answer.ts";
import { streamedResponse, wholeResponse } from "./response.ts";
import type { GenerateRequest, GenerateResponse, Part } from "../wire.ts";

const stamp = { modelVersion: "m", responseId: "r" };

function parts({ candidates = [] }: GenerateResponse): readonly Part[] {
  return candidates[0]?.content.parts ?? [];
}

function say(text: string, voiceName = "Kore"): GenerateRequest {
  const speechConfig = { voiceConfig: { prebuiltVoiceConfig: { voiceName } } };
  return {
    contents: [{ role: "user", parts: [{ text }] }],
    generationConfig: { responseModalities: ["AUDIO"], speechConfig },
  };
}

function audio(responses: readonly GenerateResponse[]): Buffer {
  const pieces = responses.flatMap(parts).map(({ inlineData }) => {
    assert.equal(inlineData?.mimeType, "audio/L16;codec=pcm;rate=24000");
    return Buffer.from(inlineData?.data ?? "", "base64");
  });
  return Buffer.concat(pieces);
}

test("a model that speaks answers with a tone: whole in one part, streamed in several, the same sound", () => {
  const answer = answerTo("gemini-2.5-flash-preview-tts", say("three short words"));
  const events = [...streamedResponse(answer, stamp)];
  const whole = wholeResponse(answer, stamp);
  assert.equal(events.length, 3);
  assert.equal(parts(whole).length, 1);
  const sound = audio([whole]);
  assert.deepEqual(audio(events), sound);
  assert.equal(sound.length, 3 * 4800, "a tenth of a second for each word");
  assert.ok(Math.max(...Array.from({ length: 2400 }, (_, i) => sound.readInt16LE(i * 2))) > 5000);
  assert.deepEqual(whole.usageMetadata?.candidatesTokensDetails, [
    { modality: "AUDIO", tokenCount: whole.usageMetadata?.candidatesTokenCount },
  ]);
  const other = answerTo("gemini-2.5-flash-preview-tts", say("three short words", "Puck"));
  assert.notDeepEqual(audio([wholeResponse(other, stamp)]), sound, "voices differ");
});

function heard(text: string, instruction?: string): GenerateResponse {
  const inlineData = { mimeType: "audio/wav", data: Buffer.from("RIFF....").toString("base64") };
  const request: GenerateRequest = {
    contents: [{ role: "user", parts: [{ text }, { inlineData }] }],
    ...(instruction !== undefined && { systemInstruction: { parts: [{ text: instruction }] } }),
  };
  return wholeResponse(answerTo("gemini-2.5-flash", request), stamp);
}

test("audio in the prompt is counted, and transcribed where that is asked for", () => {
  const transcription =
    "This is what the agproxy sandbox makes of 8 bytes of audio/wav: it has no ears.";
  assert.equal(parts(heard("Transcribe this."))[0]?.text, transcription);
  assert.equal(parts(heard("Go", "You write transcripts."))[0]?.text, transcription);
  assert.match(parts(heard("What is it?"))[0]?.text ?? "", /You sent: 1 audio\.$/);
  const modalities = heard("Go").usageMetadata?.promptTokensDetails.map(({ modality }) => modality);
  assert.deepEqual(modalities, ["TEXT", "AUDIO"]);
});

test("a cache that is named counts as read", () => {
  const contents = [{ role: "user", parts: [{ text: "1234" }] }];
  const request = { contents, cachedContent: "cachedContents/a" };
  const { usageMetadata } = wholeResponse(answerTo("gemini-2.5-flash", request), stamp);
  assert.equal(usageMetadata?.cachedContentTokenCount, 1024);
  assert.equal(usageMetadata?.promptTokenCount, 1025);
});
