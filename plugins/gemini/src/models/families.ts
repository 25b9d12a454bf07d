import type { HostedTool } from "@agproxy/core";

/** How a family of models is told how much to think. */
export type Thinking =
  | { readonly by: "nothing" }
  | {
      readonly by: "budget";
      readonly min: number;
      readonly max: number;
      /** Whether a budget of 0 switches thinking off. */
      readonly off: boolean;
    }
  | {
      readonly by: "level";
      /** The lowest first. */
      readonly levels: readonly ThinkingLevel[];
      /** The level of a request that names none; where absent, the highest. */
      readonly byDefault?: ThinkingLevel;
    };

export type ThinkingLevel = "minimal" | "low" | "medium" | "high";

/** What the translation must know about a model before it writes a request. */
export interface Family {
  /** Tried on the bare model name; the first row that matches counts. */
  readonly names: RegExp;
  readonly thinking: Thinking;
  /** A larger `maxOutputTokens` is refused. */
  readonly maxOutputTokens?: number;
  /**
   * Signs its thoughts and calls, and refuses a call of the current turn that has no signature. Takes the documented
   * stand-in for one that is not known any more.
   */
  readonly signs?: boolean;
  /** Takes files inside a function response. */
  readonly filesInResponses?: boolean;
  /** Refuses a conversation that ends with the model's words. */
  readonly refusesPrefill?: boolean;
  /** Refuses `systemInstruction`. */
  readonly refusesSystem?: boolean;
  /** How many answers one call gives at most; where absent, every answer takes a call of its own. */
  readonly maxChoices?: number;
  /** Refuses a penalty other than 0. */
  readonly refusesPenalties?: boolean;
  readonly refusesLogprobs?: boolean;
  readonly refusesFunctions?: boolean;
  /** Refuses an output format. */
  readonly refusesJson?: boolean;
  /** Refuses `temperature`, `topP` and `topK`. */
  readonly refusesSampling?: boolean;
  /** Answers with speech. */
  readonly speaks?: boolean;
  /** Where a speaking model takes its style from; absent where that is unknown. */
  readonly style?: "metadata" | "text";
  /** Combines built-in tools with functions, if the request says that both are meant. */
  readonly mixesTools?: boolean;
  /** Keeps to an output format while it has tools. */
  readonly formatsWithTools?: boolean;
  /** The built-in tools the model has; where absent, the upstream decides. */
  readonly hosted?: readonly HostedTool[];
  /** What the model can answer with, where it is more than text. */
  readonly modalities?: readonly string[];
  /** Sizes of images the model can be asked for; empty where only the ratio can be chosen. */
  readonly imageSizes?: readonly string[];
}

const none: Thinking = { by: "nothing" };
const levels = (...names: ThinkingLevel[]): Thinking => ({ by: "level", levels: names });
/** The lowest first. */
export const allLevels: readonly ThinkingLevel[] = ["minimal", "low", "medium", "high"];
const modern = { refusesPenalties: true, refusesLogprobs: true } as const;
const gemini25 = { ...modern, maxOutputTokens: 65_536, maxChoices: 8 } as const;
const gemini3 = {
  ...modern,
  maxOutputTokens: 65_536,
  signs: true,
  filesInResponses: true,
  mixesTools: true,
  formatsWithTools: true,
} as const;
const drawing = { ...modern, refusesFunctions: true, modalities: ["TEXT", "IMAGE"] } as const;
const drawing3 = {
  ...drawing,
  maxOutputTokens: 32_768,
  signs: true,
  filesInResponses: true,
  imageSizes: ["1K", "2K", "4K"],
  hosted: ["web-search"],
} as const;
const speaking = {
  ...modern,
  thinking: none,
  maxOutputTokens: 16_384,
  refusesFunctions: true,
  refusesJson: true,
  speaks: true,
  modalities: ["AUDIO"],
  hosted: [],
} as const;

/**
 * The families, as data. Sources: https://ai.google.dev/gemini-api/docs/thinking (levels and budgets),
 * https://ai.google.dev/gemini-api/docs/models (output limits),
 * https://ai.google.dev/gemini-api/docs/image-generation (image sizes),
 * https://ai.google.dev/gemma/docs/core/gemma_on_gemini_api (Gemma),
 * https://ai.google.dev/gemini-api/docs/speech-generation (style),
 * https://ai.google.dev/gemini-api/docs/tool-combination and
 * https://ai.google.dev/gemini-api/docs/structured-output (what goes together).
 */
export const families: readonly Family[] = [
  { names: /^gemini-[3-9][\d.]*-pro-image/, thinking: none, ...drawing3 },
  { names: /^gemini-[3-9][\d.]*-flash.*-image/, thinking: levels("minimal", "high"), ...drawing3 },
  {
    names: /^gemini-2\.5-flash-image/,
    thinking: none,
    ...drawing,
    maxOutputTokens: 32_768,
    refusesJson: true,
    imageSizes: [],
    hosted: [],
  },
  {
    names: /^gemini-2\.0-flash.*-image/,
    thinking: none,
    ...drawing,
    maxOutputTokens: 8192,
    refusesSystem: true,
    refusesJson: true,
    hosted: [],
  },
  { names: /^gemini-(2\.5|3\.1)-.*tts/, ...speaking, style: "text" },
  {
    names: /^gemini-(3\.([89]|\d\d)|[4-9])[\d.]*-.*tts/,
    ...speaking,
    style: "metadata",
    refusesSampling: true,
  },
  { names: /^gemini-.*-tts/, ...speaking },
  {
    names: /^gemini-(3\.([5-9]|\d\d)|[4-9])[\d.]*-flash-lite|^gemini-flash-lite-latest/,
    thinking: { by: "level", levels: allLevels, byDefault: "minimal" },
    refusesPrefill: true,
    ...gemini3,
  },
  {
    names: /^gemini-3[\d.]*-flash-lite/,
    thinking: { by: "level", levels: allLevels, byDefault: "minimal" },
    ...gemini3,
  },
  {
    names: /^gemini-(3\.([7-9]|\d\d)|[4-9])[\d.]*-flash|^gemini-flash-latest/,
    thinking: levels("low", "medium", "high"),
    refusesPrefill: true,
    ...gemini3,
  },
  {
    names: /^gemini-3\.6-flash/,
    thinking: levels("minimal", "low", "medium", "high"),
    refusesPrefill: true,
    ...gemini3,
  },
  {
    names: /^gemini-3[\d.]*-flash/,
    thinking: levels("minimal", "low", "medium", "high"),
    ...gemini3,
  },
  { names: /^gemini-3-pro/, thinking: levels("low", "high"), ...gemini3 },
  {
    names: /^gemini-(3\.([6-9]|\d\d)|[4-9])[\d.]*-/,
    thinking: { by: "level", levels: ["low", "medium", "high"], byDefault: "medium" },
    refusesPrefill: true,
    ...gemini3,
  },
  { names: /^gemini-(3[\d.]*-|pro-latest)/, thinking: levels("low", "medium", "high"), ...gemini3 },
  {
    names: /^gemini-2\.5-pro/,
    thinking: { by: "budget", min: 128, max: 32_768, off: false },
    ...gemini25,
  },
  {
    names: /^gemini-2\.5-flash-lite/,
    thinking: { by: "budget", min: 512, max: 24_576, off: true },
    ...gemini25,
  },
  {
    names: /^gemini-2\.5-/,
    thinking: { by: "budget", min: 1, max: 24_576, off: true },
    ...gemini25,
  },
  { names: /^gemini-2\.0-flash-thinking/, thinking: none, maxOutputTokens: 65_536, hosted: [] },
  {
    names: /^gemini-(2\.0|1\.|pro|flash)/,
    thinking: none,
    maxChoices: 8,
    maxOutputTokens: 8192,
    hosted: ["web-search", "code-execution"],
  },
  {
    names: /^gemma-[1-3](?!\d)/,
    ...modern,
    thinking: none,
    maxOutputTokens: 8192,
    refusesSystem: true,
    refusesFunctions: true,
    refusesJson: true,
    hosted: [],
  },
  // Its thinking can only be on or off.
  { names: /^gemma-/, ...modern, thinking: levels("minimal", "high"), hosted: [] },
  {
    names: /^claude-/,
    thinking: none,
    maxOutputTokens: 64_000,
    formatsWithTools: true,
    hosted: [],
  },
];

const unknownFamily: Family = { names: /^/, thinking: none };

/** The family of a model; one that promises nothing where the name is unknown. */
export function familyOf(model: string, table: readonly Family[] = families): Family {
  const bare = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return table.find((family) => family.names.test(bare)) ?? unknownFamily;
}
