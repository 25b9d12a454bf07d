import { targets } from "./targets.ts";

/*
 * Which Gemini model answers for a name of another vendor; `targets.ts` says why. `modelMapping({ table })` replaces it.
 * `"*"` as a model keeps the name as it is. Names for transcription go to models for chat, which take audio too.
 */
const promised = targets.promised.model;
const large = targets.large.model;
const medium = targets.medium.model;
const small = targets.small.model;
const image = targets.image.model;
const embedding = targets.embedding.model;
const speech = targets.speech.model;
const smallSpeech = targets.smallSpeech.model;

export const defaultTable: readonly (readonly [pattern: string, model: string])[] = [
  // Without these two the `default` option would catch the real names too.
  ["gemini-*", "*"],
  ["gemma-*", "*"],

  // Names without `*` are also listed by `GET /v1/models`, for clients that let people choose.
  ["gpt-3.5-turbo", promised],
  ["gpt-3.5*", promised],
  ["gpt-4", promised],
  ["gpt-4-turbo", promised],
  ["gpt-4*", promised],
  ["gpt-4o", promised],
  ["gpt-4o-mini", promised],
  ["gpt-4o*", promised],
  ["gpt-4.1", promised],
  ["gpt-4.1-mini", promised],
  ["gpt-4.1*", promised],
  ["chatgpt-*", promised],

  ["gpt-5", large],
  ["gpt-5-mini", medium],
  ["gpt-5-nano", small],
  ["gpt-5-codex", large],
  ["gpt-5.5", large],
  ["gpt-5*", large],
  ["gpt-5*-mini*", medium],
  ["gpt-5*-nano*", small],
  ["gpt-5*-codex*", large],
  ["gpt-5*-codex-mini*", medium],
  ["gpt-6*", large],
  ["gpt-6*-mini*", medium],
  ["gpt-6*-nano*", small],
  ["codex-*", large],
  ["codex-mini*", medium],
  // Names of models to come.
  ["gpt-*", medium],

  ["o1", large],
  ["o1*", large],
  ["o1-mini*", medium],
  ["o3", large],
  ["o3*", large],
  ["o3-mini*", medium],
  ["o4-mini", medium],
  ["o4*", large],
  ["o4-mini*", medium],

  ["claude-*", medium],
  ["claude-*opus*", large],
  ["claude-*sonnet*", medium],
  ["claude-*haiku*", medium],

  ["dall-e*", image],
  ["gpt-image-*", image],
  ["chatgpt-image-*", image],
  ["text-embedding-*", embedding],

  ["whisper-*", medium],
  ["gpt-transcribe*", medium],
  ["gpt-4o-transcribe*", medium],
  ["gpt-4o-mini-transcribe*", small],
  ["tts-*", smallSpeech],
  ["tts-*hd*", speech],
  ["gpt-4o-mini-tts*", speech],
];
