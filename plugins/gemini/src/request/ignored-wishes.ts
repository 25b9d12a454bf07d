import type { ChatRequest } from "@agproxy/core";
import { splitSystem } from "./contents.ts";
import type { Family } from "../models/families.ts";
import { stopLimit } from "./generation-config.ts";
import { speaks } from "../media/speech-config.ts";

/** Fields that a model of the family cannot honour, as the request stands. */
export function ignoredWishes(request: ChatRequest, family: Family): readonly string[] {
  const { sampling, image, modalities = [], reasoning, tools = [] } = request;
  const possible = family.modalities ?? ["TEXT"];
  const unable = modalities.some((modality) => {
    const name = modality.toUpperCase();
    return name !== "TEXT" && !possible.includes(name);
  });
  const effort = reasoning?.effort ?? "none";
  const drawn = family.imageSizes !== undefined;
  const penalties = family.refusesPenalties === true;
  const unsampled = family.refusesSampling === true;
  const wishes = {
    modalities: unable,
    voice: request.voice !== undefined && !speaks(family),
    size: image?.size !== undefined && !drawn,
    quality: image?.quality !== undefined && !drawn,
    aspect_ratio: image?.aspectRatio !== undefined && !drawn,
    instructions: speaks(family) && family.style === undefined && instructed(request),
    tools: tools.length > 0 && family.refusesFunctions === true,
    temperature: unsampled && sampling.temperature !== undefined,
    top_p: unsampled && sampling.topP !== undefined,
    top_k: unsampled && sampling.topK !== undefined,
    // A penalty of 0 is none, and logprobs that are not asked for are not missed.
    presence_penalty: penalties && (sampling.presencePenalty ?? 0) !== 0,
    frequency_penalty: penalties && (sampling.frequencyPenalty ?? 0) !== 0,
    logprobs: family.refusesLogprobs === true && sampling.logprobs !== undefined,
    stop: (sampling.stop ?? []).filter((sequence) => sequence !== "").length > stopLimit,
    reasoning_effort: effort !== "none" && family.thinking.by === "nothing",
    parallel_tool_calls: request.parallelToolCalls === false && tools.length > 0,
  };
  const ignored: string[] = [];
  for (const name in wishes) if (wishes[name as keyof typeof wishes]) ignored.push(name);
  return ignored;
}

/** Whether there is something to speak beside what is to be spoken: instructions alone are that. */
function instructed({ messages }: ChatRequest): boolean {
  const { system, rest } = splitSystem(messages);
  return system.length > 0 && rest.length > 0;
}
