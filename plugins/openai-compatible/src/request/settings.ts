import { type ChatRequest, defined, type JsonObject, type OutputFormat } from "@agproxy/core";
import type { ServerKind } from "../servers.ts";

/** The fields of a request beside its messages and tools. */
export function settingFields(request: ChatRequest, server: ServerKind): JsonObject {
  const { sampling, user, cacheKey } = request;
  const { logprobs } = sampling;
  return {
    ...limits(request, server),
    ...defined({
      temperature: sampling.temperature,
      top_p: sampling.topP,
      top_k: server.topK ? sampling.topK : undefined,
      seed: sampling.seed,
      presence_penalty: sampling.presencePenalty,
      frequency_penalty: sampling.frequencyPenalty,
      stop: sampling.stop?.slice(0, server.maxStops),
      n: sampling.choices,
      logprobs: logprobs === undefined ? undefined : true,
      top_logprobs: logprobs === undefined || logprobs === 0 ? undefined : logprobs,
      response_format: responseFormat(request.output),
      prompt_cache_key: server.cacheKey ? cacheKey : undefined,
      user,
    }),
    ...effort(request, server),
    ...soundAndPictures(request, server),
    ...(server.isGateway ? request.extensions : undefined),
  };
}

function limits({ sampling }: ChatRequest, server: ServerKind): JsonObject {
  const { maxTokens, maxAnswerTokens } = sampling;
  if (maxTokens !== undefined) return { [server.tokenLimit]: maxTokens };
  return maxAnswerTokens === undefined ? {} : { [server.answerLimit]: maxAnswerTokens };
}

/** Source: https://platform.openai.com/docs/guides/structured-outputs */
function responseFormat(output: OutputFormat | undefined): JsonObject | undefined {
  if (output?.type !== "json") return undefined;
  const { schema, name = "answer", description, strict } = output;
  if (schema === undefined) return { type: "json_object" };
  return { type: "json_schema", json_schema: defined({ name, description, schema, strict }) };
}

/** Source: https://openrouter.ai/docs/use-cases/reasoning-tokens */
function effort({ reasoning }: ChatRequest, server: ServerKind): JsonObject {
  if (reasoning === undefined) return {};
  const { include } = reasoning;
  const wanted = reasoning.effort && (server.efforts[reasoning.effort] ?? reasoning.effort);
  if (server.effort === "reasoning") {
    const wish = defined({ effort: wanted, exclude: include === undefined ? undefined : !include });
    return Object.keys(wish).length === 0 ? {} : { reasoning: wish };
  }
  const asked = server.isGateway ? include : undefined;
  return defined({ reasoning_effort: wanted, include_reasoning: asked });
}

const usualVoice = "alloy";

/** Bare samples: the only form that can be streamed, and agproxy makes a file of them where a client wants one. */
const soundFormat = "pcm16";
/** Their media type. Source: https://platform.openai.com/docs/guides/audio */
export const soundType = "audio/pcm;rate=24000";

function soundAndPictures(request: ChatRequest, server: ServerKind): JsonObject {
  const { modalities, voice, image } = request;
  const speaks = server.modalities && modalities?.includes("audio") === true;
  const { size, quality, aspectRatio } = image ?? {};
  const inFields = server.images === "fields";
  const config = defined({ aspect_ratio: aspectRatio, image_size: quality });
  const isConfigured = server.images === "image_config" && Object.keys(config).length > 0;
  return defined({
    modalities: server.modalities ? modalities : undefined,
    audio: speaks ? { voice: voice ?? usualVoice, format: soundFormat } : undefined,
    size: inFields ? size : undefined,
    quality: inFields ? quality : undefined,
    aspect_ratio: inFields ? aspectRatio : undefined,
    image_config: isConfigured ? config : undefined,
  });
}

/** What a request asks for that the server has no field for. */
export function ignoredSettings(request: ChatRequest, server: ServerKind): readonly string[] {
  const { sampling, modalities = [], voice, image, reasoning, extensions } = request;
  const speaks = server.modalities && modalities.includes("audio");
  const told = server.images !== undefined;
  const wishes = {
    top_k: sampling.topK !== undefined && !server.topK,
    stop: (sampling.stop?.length ?? 0) > (server.maxStops ?? Infinity),
    modalities: modalities.some((modality) => modality !== "text") && !server.modalities,
    voice: voice !== undefined && !speaks,
    size: image?.size !== undefined && server.images !== "fields",
    quality: image?.quality !== undefined && !told,
    aspect_ratio: image?.aspectRatio !== undefined && !told,
    include_reasoning:
      reasoning?.include === false && server.effort !== "reasoning" && !server.isGateway,
    extra_body: extensions !== undefined && !server.isGateway,
  };
  const ignored: string[] = [];
  for (const name in wishes) if (wishes[name as keyof typeof wishes]) ignored.push(name);
  return ignored;
}
