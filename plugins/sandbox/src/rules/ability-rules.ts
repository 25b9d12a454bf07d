import { familyOf } from "@agproxy/plugin-gemini";
import type { GenerateRequest } from "../wire.ts";
import { drawsImages, speaks } from "../models.ts";

/** What a request asks for that its model cannot do. */
export function abilityFaults(model: string, request: GenerateRequest): string[] {
  const able = abilitiesOf(model);
  return [
    ...modalityFaults(model, request, able),
    ...missing(request, able).map((ability) => `${ability} is not enabled for this model`),
  ];
}

function missing(request: GenerateRequest, able: Abilities): string[] {
  const { generationConfig = {}, systemInstruction, tools = [], contents = [] } = request;
  const { candidateCount = 1, presencePenalty = 0, frequencyPenalty = 0 } = generationConfig;
  const { responseMimeType = "text/plain", imageConfig } = generationConfig;
  const functions = tools.some((tool) => (tool.functionDeclarations ?? []).length > 0);
  const wanted: readonly [string, boolean][] = [
    ["Developer instruction", !able.instructions && systemInstruction !== undefined],
    ["Multiturn chat", !able.chat && contents.length > 1],
    ["Function calling", !able.functions && functions],
    ["JSON mode", !able.json && responseMimeType !== "text/plain"],
    ["Multiple candidates", candidateCount > 1 && able.choices === 1],
    ["Logprobs", !able.logprobs && generationConfig.responseLogprobs === true],
    ["Penalty", !able.penalties && (presencePenalty !== 0 || frequencyPenalty !== 0)],
    ["Aspect ratio", !able.output.includes("IMAGE") && imageConfig?.aspectRatio !== undefined],
  ];
  return wanted.filter(([, refused]) => refused).map(([ability]) => ability);
}

/** Without a wish, text is meant; models that draw answer with both. */
function modalityFaults(
  model: string,
  { generationConfig = {} }: GenerateRequest,
  { output }: Abilities,
): string[] {
  const { responseModalities = [], speechConfig } = generationConfig;
  const isDefault = responseModalities.length === 0;
  const wanted = isDefault && !output.includes("IMAGE") ? ["TEXT"] : responseModalities;
  if (wanted.some((modality) => !output.includes(modality))) {
    const accepted = output.includes("IMAGE") ? ["IMAGE, TEXT", "IMAGE"] : output;
    return [
      `The requested combination of response modalities (${wanted.join(", ")}) is not supported by the model. models/${model} accepts the following combination of response modalities:\n${accepted.map((one) => `* ${one}\n`).join("")}`,
    ];
  }
  return speechConfig !== undefined && !output.includes("AUDIO")
    ? ["Cannot extract voices from a non-audio request."]
    : [];
}

/** What a model can be asked for beyond plain text. */
interface Abilities {
  /** What it can answer with. */
  readonly output: readonly string[];
  readonly functions: boolean;
  readonly json: boolean;
  /** System instructions. */
  readonly instructions: boolean;
  /** More than one content. */
  readonly chat: boolean;
  readonly choices: number;
  readonly logprobs: boolean;
  readonly penalties: boolean;
}

/**
 * What the API says of each family when asked for too much. Log probabilities of Gemini 2.5 are as on
 * Vertex AI, so that clients can be tried with them: the Gemini API has switched them off for every model of today.
 */
function abilitiesOf(model: string): Abilities {
  const family = familyOf(model);
  const isSpeech = speaks(model);
  const isPlain = !isSpeech && !drawsImages(model);
  return {
    output: family.modalities ?? ["TEXT"],
    functions: family.refusesFunctions !== true,
    json: family.refusesJson !== true,
    instructions: !isSpeech && family.refusesSystem !== true,
    chat: !isSpeech,
    choices: family.maxChoices ?? 1,
    logprobs: isPlain && /^gemini-[12]\./.test(model),
    penalties: family.refusesPenalties !== true,
  };
}
