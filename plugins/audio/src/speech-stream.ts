import { sseFrame, type ChatEvent, type Encoder, type Usage } from "@agproxy/core";
import { unknownSize, wavHeader } from "@agproxy/plugin-openai-wire";
import { failFrame, assertWhole, unspoken, type Outcome } from "./outcome.ts";
import { samplesOf, type AudioPiece } from "./samples.ts";
import type { SpeechFormat } from "./speech-request.ts";

/**
 * A stream of pieces of sound, each in base64; joined, they are the file. `end` throws where there was none
 * or where it is cut short.
 * Source: https://platform.openai.com/docs/api-reference/audio/speech-audio-delta-event
 */
export function speechStream(format: SpeechFormat): Omit<Encoder, "whole"> {
  const said: string[] = [];
  const refused: string[] = [];
  let finish: Outcome["finish"];
  let usage: Usage | undefined;
  let started = false;

  function sound(piece: AudioPiece): string {
    const samples = samplesOf(piece);
    const header = !started && format === "wav" && samples !== undefined;
    started = true;
    if (samples === undefined) return delta(piece.data);
    const opening = header ? delta(wavHeader(samples, unknownSize).toString("base64")) : "";
    return opening + delta(Buffer.from(samples.bytes).toString("base64"));
  }

  function read(event: ChatEvent): string {
    switch (event.type) {
      case "media":
        return event.media === "audio" ? sound(event) : "";
      case "text":
        said.push(event.text);
        return "";
      case "refusal":
        refused.push(event.text);
        return "";
      case "usage":
        usage = event.usage;
        return "";
      case "finish":
        finish = event;
        return "";
      case "reasoning":
      case "tool-call":
      case "code":
      case "code-result":
      case "citation":
      case "search":
      case "logprobs":
      case "embedding":
        return "";
    }
  }

  return {
    batch: (events) => events.map(read).join(""),
    end() {
      const outcome = { said: said.join(""), refused: refused.join(""), finish };
      assertWhole("speech", outcome);
      if (!started) throw unspoken(outcome);
      return sseFrame(JSON.stringify({ type: "speech.audio.done", usage: speechUsage(usage) }));
    },
    fail: failFrame,
  };
}

/** `bytes` are base64. */
function delta(bytes: string): string {
  return sseFrame(JSON.stringify({ type: "speech.audio.delta", audio: bytes }));
}

function speechUsage(usage: Usage | undefined) {
  const { inputTokens = 0, outputTokens = 0, totalTokens = 0 } = usage ?? {};
  return { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: totalTokens };
}
