import { FileBody, type Answer, type Choice } from "@agproxy/core";
import { wavHeader } from "@agproxy/plugin-openai-wire";
import { assertWhole, outcomeOf, unspoken } from "./outcome.ts";
import { isWav, samplesOf, type AudioPiece, type Samples } from "./samples.ts";
import type { SpeechFormat } from "./speech-request.ts";

/**
 * The recording of a whole answer. Throws where there is none or where it is cut short. Sound that comes
 * compressed is answered as it is, under its own type.
 */
export function speechFile(answer: Answer, format: SpeechFormat): FileBody {
  const [choice] = answer.choices;
  const outcome = outcomeOf(choice);
  const pieces = soundOf(choice);
  const [first] = pieces;
  assertWhole("speech", outcome);
  if (first === undefined) throw unspoken(outcome);
  const file = Buffer.from(first.data, "base64");
  // A finished WAV file is passed on as it is, with its other chunks.
  if (format === "wav" && pieces.length === 1 && isWav(file))
    return new FileBody("audio/wav", file);
  const samples = pieces.flatMap((piece) => samplesOf(piece) ?? []);
  return samples.length === pieces.length
    ? sampleFile(samples, format)
    : new FileBody(first.mimeType, joined(pieces.map(({ data }) => Buffer.from(data, "base64"))));
}

function soundOf(choice: Choice | undefined): readonly AudioPiece[] {
  return (choice?.content ?? []).flatMap((part) => {
    if (part.type !== "media" || part.media !== "audio" || part.source.kind !== "data") return [];
    return [{ mimeType: part.mimeType ?? "application/octet-stream", data: part.source.data }];
  });
}

function sampleFile(pieces: readonly Samples[], format: SpeechFormat): FileBody {
  const { rate = 24_000, channels = 1 } = pieces[0] ?? {};
  const bytes = joined(pieces.map((piece) => piece.bytes));
  if (format === "wav") {
    return new FileBody("audio/wav", joined([wavHeader({ rate, channels }, bytes.length), bytes]));
  }
  // The API's own samples are 24 kHz and mono; others say what they are.
  const usual = rate === 24_000 && channels === 1;
  return new FileBody(usual ? "audio/pcm" : `audio/pcm;rate=${rate};channels=${channels}`, bytes);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces);
}
