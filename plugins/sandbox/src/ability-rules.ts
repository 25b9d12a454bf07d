import { abilitiesOf, type Abilities } from "./abilities.ts";
import type { GenerateRequest } from "./wire.ts";

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
    ["Multiple candidates", candidateCount > 1 && able.candidates === 1],
    ["Logprobs", !able.logprobs && generationConfig.responseLogprobs === true],
    ["Penalty", !able.penalties && (presencePenalty !== 0 || frequencyPenalty !== 0)],
    ["Aspect ratio", !able.output.includes("IMAGE") && imageConfig?.aspectRatio !== undefined],
  ];
  return wanted.filter(([, refused]) => refused).map(([ability]) => ability);
}

/** Text is what is meant where nothing is asked for, except by models that draw: they do both. */
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
