import { chooseCalls } from "./call-choice.ts";
import { codeRun } from "./code-run.ts";
import { offers } from "./hosted-tools.ts";
import { drawsImages, speaks } from "../models.ts";
import { familyOf } from "@agproxy/plugin-gemini";
import { picture } from "./picture.ts";
import type { Prompt } from "./prompt.ts";
import { schemaSample } from "./schema-sample.ts";
import { serverToolParts } from "./server-tool.ts";
import { signatureFor } from "./signature.ts";
import { voiceConfigs } from "../rules/speech-rules.ts";
import type { FunctionCall, GenerateRequest, Part } from "../wire.ts";
import { introduction, quote, textPieces, words } from "./words.ts";
import { crc32 } from "node:zlib";

/** The pieces of one choice, as a stream sends them. */
export function content(
  model: string,
  request: GenerateRequest,
  prompt: Prompt,
  index: number,
): readonly Part[] {
  const { thinkingConfig, responseMimeType = "text/plain" } = request.generationConfig ?? {};
  if (speaks(model)) return spoken(request, prompt);
  const before: readonly Part[] = [
    ...(thinkingConfig?.includeThoughts === true ? thinking(prompt) : []),
    ...serverToolParts(request, prompt.text),
  ];
  const calls = chooseCalls(request, prompt);
  if (calls.length > 0) return [...before, ...callParts(model, calls)];
  if (responseMimeType !== "text/plain") {
    return [...before, ...jsonPieces(request, prompt), ...signed(model)];
  }
  const code = offers(request, "codeExecution") ? codeRun(prompt.text) : [];
  const text = textPieces(words(request, prompt, index));
  if (!drawsImages(model)) return [...before, ...code, ...text, ...signed(model)];
  return [...before, ...drawn(model, request, text, `${prompt.text}${index}`)];
}

function thinking({ text }: Prompt): readonly Part[] {
  return [
    { text: "**Reading the prompt**\n\n", thought: true },
    {
      text: `The sandbox has no model to think with. It reads: ${quote(text, 200)}\n\n`,
      thought: true,
    },
  ];
}

function spoken({ generationConfig }: GenerateRequest, { text }: Prompt): readonly Part[] {
  const [voice] = voiceConfigs(generationConfig?.speechConfig);
  const pieces = tone(text, voice?.prebuiltVoiceConfig?.voiceName ?? "");
  return pieces.map((data) => ({ inlineData: { mimeType: toneType, data } }));
}

function drawn(
  model: string,
  { generationConfig }: GenerateRequest,
  text: readonly Part[],
  subject: string,
): readonly Part[] {
  const { imageConfig, responseModalities } = generationConfig ?? {};
  const data = picture(subject, imageConfig?.aspectRatio, imageConfig?.imageSize);
  const image = {
    inlineData: { mimeType: "image/png", data },
    ...(signs(model) && { thoughtSignature: signatureFor("") }),
  };
  const isMute = responseModalities !== undefined && !responseModalities.includes("TEXT");
  return isMute ? [image] : [...text, image];
}

function callParts(model: string, calls: readonly FunctionCall[]): readonly Part[] {
  return calls.map((functionCall, i) => {
    // Of parallel calls only the first carries a signature.
    const isSigned = i === 0 && signs(model);
    if (!isSigned) return { functionCall };
    return { functionCall, thoughtSignature: signatureFor(functionCall.name ?? "") };
  });
}

/** The text of a model that signs ends with an empty part that carries a signature. */
function signed(model: string): readonly Part[] {
  return signs(model) ? [{ text: "", thoughtSignature: signatureFor("") }] : [];
}

function signs(model: string): boolean {
  return familyOf(model).signs === true;
}

function jsonPieces(request: GenerateRequest, prompt: Prompt): readonly Part[] {
  const { responseSchema, responseJsonSchema, responseMimeType } = request.generationConfig ?? {};
  const schema = responseJsonSchema ?? responseSchema;
  const value: unknown =
    schema === undefined
      ? { sandbox: introduction, prompt: quote(prompt.text, 500) }
      : schemaSample(schema, prompt.text);
  const isBare = responseMimeType === "text/x.enum" && typeof value === "string";
  const text = isBare ? value : JSON.stringify(value);
  return (text.match(/[\s\S]{1,12}/gu) ?? []).map((piece) => ({ text: piece }));
}

/** What the API says of the audio it makes: 16 bits, little-endian, one channel. */
const toneType = "audio/L16;codec=pcm;rate=24000";

const samplesPerSecond = 24_000;
/** A tenth of a second: 4800 bytes, a multiple of three, so that the base64 of pieces can be joined. */
const samplesPerPiece = samplesPerSecond / 10;

/**
 * A tone instead of a voice, base64, in pieces of a tenth of a second: a piece for each word, two seconds at
 * most. Its pitch follows from the voice.
 */
function tone(text: string, voice: string): readonly string[] {
  const words = text.split(/\s+/).filter(Boolean).length;
  const pitch = 220 + (crc32(voice.toLowerCase()) % 220);
  return Array.from({ length: Math.min(Math.max(words, 1), 20) }, (_, piece) => {
    const samples = Buffer.alloc(samplesPerPiece * 2);
    for (let i = 0; i < samplesPerPiece; i += 1) {
      const seconds = (piece * samplesPerPiece + i) / samplesPerSecond;
      samples.writeInt16LE(Math.round(6000 * Math.sin(2 * Math.PI * pitch * seconds)), i * 2);
    }
    return samples.toString("base64");
  });
}
