import {
  defined,
  type ChatRequest,
  type Decoded,
  type Extensions,
  type ImageOptions,
  Fields,
} from "@agproxy/core";
import { searches } from "@agproxy/plugin-openai-wire";
import { hostedTools, untold, toolbox } from "./tools.ts";
import { ignoredIn, ignoredInChat } from "./ignored-fields.ts";
import { readMessages } from "./messages.ts";
import { outputFormat } from "./output-format.ts";
import { reasoning } from "./reasoning.ts";
import { chatSampling } from "./sampling.ts";
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
      extensions: extensions(fields),
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
      ...(searchOptions === undefined ? [] : untold(searchOptions)),
    ],
    wish: { ...wish, legacyFunctions: legacy, customTools: custom },
  };
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

/** Who asks and in which conversation. */
export function identity(fields: Fields) {
  return {
    cacheKey: fields.string("prompt_cache_key") || undefined,
    user: fields.string("safety_identifier") || fields.string("user") || undefined,
  };
}

function imageOptions(fields: Fields): ImageOptions | undefined {
  const options = defined({
    size: fields.string("size") || undefined,
    quality: fields.string("quality") || undefined,
    aspectRatio: fields.string("aspect_ratio") || undefined,
  });
  return Object.keys(options).length > 0 ? options : undefined;
}

function modalities(fields: Fields): readonly string[] | undefined {
  const list = fields.list("modalities") ?? [];
  const words = list.map((word, index) => {
    if (typeof word === "string") return word;
    throw fields.wrong(`modalities[${index}]`, "a string");
  });
  return words.length > 0 ? words : undefined;
}

/** The voice to answer with: a name, or the id of a custom voice. */
function voice(fields: Fields): string | undefined {
  if (modalities(fields)?.includes("audio") !== true) return undefined;
  const audio = fields.peek("audio");
  const own = audio?.peek("voice");
  return (own === undefined ? audio?.string("voice") : own.string("id")) || undefined;
}

/** `audio` has no effect without the modality; with it, the model chooses the encoding. */
function ignoredAudio(fields: Fields): readonly string[] {
  const audio = fields.peek("audio");
  if (audio === undefined || voice(fields) === undefined) return ignoredIn(fields, ["audio"]);
  return ignoredIn(audio, ["format"]).map(() => "audio.format");
}

function extensions(fields: Fields): Extensions | undefined {
  const google = fields.peek("google")?.values;
  return google === undefined || Object.keys(google).length === 0 ? undefined : { google };
}
