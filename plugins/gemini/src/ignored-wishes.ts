import type { ChatRequest } from "agproxy";
import type { Family } from "./families.ts";
import { stopLimit } from "./generation-config.ts";
import { speaks } from "./speech-config.ts";

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
  const wishes = {
    modalities: unable,
    voice: request.voice !== undefined && !speaks(family),
    size: image?.size !== undefined && !drawn,
    quality: image?.quality !== undefined && !drawn,
    aspect_ratio: image?.aspectRatio !== undefined && !drawn,
    stop: (sampling.stop ?? []).filter((sequence) => sequence !== "").length > stopLimit,
    reasoning_effort: effort !== "none" && family.thinking.by === "nothing",
    parallel_tool_calls: request.parallelToolCalls === false && tools.length > 0,
  };
  return Object.entries(wishes).flatMap(([name, ignored]) => (ignored ? [name] : []));
}
