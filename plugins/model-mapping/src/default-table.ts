/*
 * Which Gemini model answers for a name of another vendor. `modelMapping({ table })` replaces it. `"*"` as a model keeps
 * the name as it is.
 *
 * Why these targets (https://ai.google.dev/gemini-api/docs/deprecations, read in November 2026):
 * - gemini-2.5-flash for gpt-3.5 and gpt-4 names is a promise to users of this gateway's predecessor.
 *   Google retires the name on 2026-12-01 and then answers it with gemini-3.5-flash-lite.
 * - gemini-3.1-pro-preview for the large models: gemini-2.5-pro is closed to new projects and retires on
 *   the same day, and there is no Pro model of a later generation without `preview` in its name.
 * - gemini-3.5-flash, gemini-3.5-flash-lite and gemini-3.1-flash-image are generally available and have
 *   no announced end.
 * - gemini-3.8-flash-tts and gemini-3.8-flash-lite-tts speak: the preview models before them end on 2026-12-18.
 *   Names for transcription go to models for chat, which take audio too.
 */
const promised = "gemini-2.5-flash";
const large = "gemini-3.1-pro-preview";
const medium = "gemini-3.5-flash";
const small = "gemini-3.5-flash-lite";
const image = "gemini-3.1-flash-image";
const embedding = "gemini-embedding-001";
const speech = "gemini-3.8-flash-tts";
const smallSpeech = "gemini-3.8-flash-lite-tts";

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
