import { type Fault, vague } from "../server/fault.ts";
import { speaks } from "../models.ts";
import type { GenerateRequest, SpeechConfig, VoiceConfig } from "../wire.ts";

/** Source: https://ai.google.dev/gemini-api/docs/speech-generation#voices */
const voices =
  "achernar, achird, algenib, algieba, alnilam, aoede, autonoe, callirrhoe, charon, despina, enceladus, erinome, fenrir, gacrux, iapetus, kore, laomedeia, leda, orus, puck, pulcherrima, rasalgethi, sadachbia, sadaltager, schedar, sulafat, umbriel, vindemiatrix, zephyr, zubenelgenubi";

/** What is wrong with how a model is told to speak. */
export function speechFaults(model: string, { generationConfig = {} }: GenerateRequest): Fault[] {
  if (!speaks(model)) return [];
  const configs = voiceConfigs(generationConfig.speechConfig);
  if (configs.length === 0) return [vague("generation_config.speech_config names no voice")];
  return configs.flatMap(({ prebuiltVoiceConfig: { voiceName } = {} }) =>
    voiceName === undefined || voices.split(", ").includes(voiceName.toLowerCase())
      ? []
      : [`Voice name ${voiceName} is not supported. Allowed voice names are: ${voices}`],
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
