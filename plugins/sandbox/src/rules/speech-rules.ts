import { voices } from "@agproxy/plugin-gemini";
import { type Fault, vague } from "../server/fault.ts";
import { speaks } from "../models.ts";
import type { GenerateRequest, SpeechConfig, VoiceConfig } from "../wire.ts";

const names = voices.map((voice) => voice.toLowerCase());

/** What is wrong with how a model is told to speak. */
export function speechFaults(model: string, { generationConfig = {} }: GenerateRequest): Fault[] {
  if (!speaks(model)) return [];
  const configs = voiceConfigs(generationConfig.speechConfig);
  if (configs.length === 0) return [vague("generation_config.speech_config names no voice")];
  return configs.flatMap(({ prebuiltVoiceConfig: { voiceName } = {} }) =>
    voiceName === undefined || names.includes(voiceName.toLowerCase())
      ? []
      : [`Voice name ${voiceName} is not supported. Allowed voice names are: ${names.join(", ")}`],
  );
}

/** The voices of all speakers. */
export function voiceConfigs({
  voiceConfig,
  multiSpeakerVoiceConfig,
}: SpeechConfig = {}): readonly VoiceConfig[] {
  const speakers = multiSpeakerVoiceConfig?.speakerVoiceConfigs ?? [];
  const all = [voiceConfig, ...speakers.map((speaker) => speaker.voiceConfig)];
  return all.filter((config) => config !== undefined);
}
