import { defined, type ChatRequest, type Decoded, Fields, type Sampling } from "@agproxy/core";
import { identity, ignoredSettings, searches, vendorExtensions } from "@agproxy/plugin-openai-wire";
import { hostedTools, toolbox } from "./tools.ts";
import { ignoredIn, ignoredInChat } from "./ignored-fields.ts";
import { ignoredAudio, imageOptions, modalities, soundFormat, voice } from "./media-options.ts";
import { readMessages } from "./messages.ts";
import { outputFormat } from "./output-format.ts";
import { reasoning } from "./reasoning.ts";
import type { SoundFormat } from "./spoken.ts";
import { toolChoice } from "./tool-choice.ts";

/** How the client wants the answer written. It does not change what the model is asked, so it is not in `ChatRequest`. */
export interface ChatWish {
  readonly includeUsage: boolean;
  /** Answer calls as `function_call`. */
  readonly legacyFunctions: boolean;
  /** Names of tools whose calls carry free text. */
  readonly customTools: ReadonlySet<string>;
  /** Where pictures go: into the text as markdown, or into the message's `images`. */
  readonly images: ImagePlace;
  /** Sound goes into the message's `audio`, so encoded. Absent: into the text as a link. */
  readonly audio?: SoundFormat;
}

export type ImagePlace = "content" | "field";

export const plainWish: ChatWish = {
  includeUsage: false,
  legacyFunctions: false,
  customTools: new Set(),
  images: "content",
};

export interface DecodedChat extends Decoded {
  readonly wish: ChatWish;
}

/** Fields of a usual chat. A body with no others skips the rest of the reader, which takes as long as these. */
const usualFields: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "temperature",
  "top_p",
  "top_k",
  "n",
  "seed",
  "stop",
  "max_tokens",
  "max_completion_tokens",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
]);

const isUsual = (field: string): boolean => usualFields.has(field);

/**
 * Reads the body of `POST /v1/chat/completions`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export function decodeChat(body: unknown, images: ImagePlace = "content"): DecodedChat {
  const fields = withExtraBody(body);
  const model = fields.name("model");
  const { messages, ignored } = readMessages(fields);
  const stream = fields.boolean("stream") ?? false;
  const decoded: DecodedChat = {
    request: { model, messages, stream, sampling: chatSampling(fields) },
    ignored,
    wish: { ...plainWish, includeUsage: includeUsage(fields), images },
  };
  const isUsualChat = Object.keys(fields.values).every(isUsual) && !searches(model);
  return isUsualChat ? decoded : withOtherFields(fields, decoded);
}

/** Adds to a chat what its other fields ask for. */
function withOtherFields(
  fields: Fields,
  { request: usual, ignored = [], wish }: DecodedChat,
): DecodedChat {
  const { tools, custom, legacy, hosted, ignored: ignoredTools } = toolbox(fields);
  const { choice, ignored: ignoredChoice } = toolChoice(fields);
  const searchOptions = fields.object("web_search_options");
  const request: ChatRequest = {
    ...usual,
    ...defined({
      tools: tools.length > 0 ? tools : undefined,
      hostedTools: hostedTools(hosted, usual.model, searchOptions),
      toolChoice: choice,
      // `function_call` has room for one call.
      parallelToolCalls: fields.boolean("parallel_tool_calls") ?? (legacy ? false : undefined),
      output: outputFormat(fields),
      reasoning: reasoning(fields),
      image: imageOptions(fields),
      modalities: modalities(fields),
      voice: voice(fields),
      ...identity(fields),
      extensions: vendorExtensions(fields),
    }),
  };
  return {
    request,
    ignored: [
      ...ignoredIn(fields, ignoredInChat),
      ...ignoredAudio(fields),
      ...ignored,
      ...ignoredTools,
      ...ignoredChoice,
      ...(searchOptions === undefined ? [] : ignoredSettings(searchOptions, "web_search_options")),
    ],
    wish: { ...wish, ...soundWish(fields), legacyFunctions: legacy, customTools: custom },
  };
}

function soundWish(fields: Fields): Pick<ChatWish, "audio"> {
  return defined({ audio: soundFormat(fields) });
}

/** SDKs merge `extra_body` into the body; clients without one send it as it is. The body's own fields win. */
function withExtraBody(body: unknown): Fields {
  const fields = Fields.of(body, "");
  const extra = fields.peek("extra_body");
  return extra === undefined ? fields : Fields.of({ ...extra.values, ...fields.values }, "");
}

export function includeUsage(fields: Fields): boolean {
  return fields.object("stream_options")?.boolean("include_usage") ?? false;
}

/** The fields that chat and completions have in common. */
export function sampling(fields: Fields): Sampling {
  return defined({
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    topK: fields.number("top_k"),
    seed: fields.integer("seed"),
    presencePenalty: fields.number("presence_penalty"),
    frequencyPenalty: fields.number("frequency_penalty"),
    stop: stop(fields),
    ...tokenLimit(fields),
    choices: fields.integer("n", 1),
  });
}

/** `max_tokens` is from before models thought, so it means what is seen; its successor includes reasoning. */
function tokenLimit(fields: Fields): Pick<Sampling, "maxTokens" | "maxAnswerTokens"> {
  const maxTokens = fields.integer("max_completion_tokens", 1);
  const maxAnswerTokens = fields.integer("max_tokens", 1);
  return defined(maxTokens === undefined ? { maxAnswerTokens } : { maxTokens });
}

/** Chat asks for probabilities with a switch and, separately, a number of alternatives. */
function chatSampling(fields: Fields): Sampling {
  const alternatives = fields.integer("top_logprobs", 0) ?? 0;
  const shared = sampling(fields);
  return fields.boolean("logprobs") === true ? { ...shared, logprobs: alternatives } : shared;
}

function stop(fields: Fields): readonly string[] | undefined {
  const value = fields.get("stop");
  if (typeof value === "string") return value === "" ? undefined : [value];
  const list = fields.list("stop") ?? [];
  const words = list.map((word, index) => {
    if (typeof word === "string") return word;
    throw fields.wrong(`stop[${index}]`, "a string");
  });
  return words.length === 0 ? undefined : words;
}
