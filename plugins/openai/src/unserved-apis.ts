import type { UnservedApi } from "@agproxy/core";
import { anthropicError, googleError, ollamaError } from "./foreign-errors.ts";

const useOpenai =
  "Until then use a client that speaks OpenAI's API, with a base URL that ends in /v1.";

/** Where another official plugin serves a path, and the config leaves it out. */
function plugin(name: string, factory: string): string {
  return `The plugin @agproxy/plugin-${name} does: add ${factory}() to agproxy.config.ts.`;
}

const nothing = "No plugin does; send such requests to OpenAI itself.";
const whole =
  "No plugin does; put what a request needs into the request itself: texts, and files as data URLs or links.";

/**
 * What clients of the known APIs ask for and agproxy does not answer. The first entry that fits decides; a route of any
 * plugin comes before all of them.
 */
export const unservedApis: readonly UnservedApi[] = [
  {
    name: "Anthropic's Messages API",
    paths: /^\/v1\/messages(?:\/count_tokens)?$/,
    advice: plugin("anthropic", "anthropic"),
    error: anthropicError,
  },
  {
    name: "Anthropic's batches of messages",
    paths: /^\/v1\/messages\/batches(?:\/|$)/,
    advice: "No plugin does; send the requests one by one.",
    error: anthropicError,
  },
  {
    name: "Anthropic's text completions",
    paths: /^\/v1\/complete$/,
    advice: "Anthropic has replaced them; use /v1/messages.",
    error: anthropicError,
  },
  {
    name: "Anthropic's administration API",
    paths: /^\/v1\/organizations(?:\/|$)/,
    advice: "No plugin does.",
    error: anthropicError,
  },
  {
    name: "Google's Gemini API",
    paths: /^\/v1beta\/(?:models|tunedModels)(?:\/|$)/,
    advice: plugin("gemini-native", "geminiNative"),
    error: googleError,
  },
  {
    // Not Google's own paths for clients of OpenAI, /v1beta/openai/…: there the base URL is wrong.
    name: "this part of Google's Gemini API",
    paths: /^(?:\/upload)?\/v1(?:alpha|beta)\d*\/(?!openai\/)/,
    advice:
      "No plugin does; what models are asked for is served under /v1beta/models by @agproxy/plugin-gemini-native.",
    error: googleError,
  },
  {
    name: "Google's Gemini API",
    paths: /^\/v1\/models\/[^/]+:[a-z]+[A-Z]?[A-Za-z]*$/,
    method: "POST",
    advice: plugin("gemini-native", "geminiNative"),
    error: googleError,
  },
  {
    name: "Vertex AI's API",
    paths: /^\/v1\/projects\/[^/]+\/locations\//,
    advice: "No plugin does; use the Gemini API's paths, whose clients take a base URL.",
    error: googleError,
  },
  {
    name: "Ollama's API",
    paths: /^\/api\/(?:chat|generate|tags|show|ps|embed|embeddings|pull|version)$/,
    advice: `A plugin for Ollama's protocol would, and there is none yet. ${useOpenai}`,
    error: ollamaError,
  },
  {
    name: "responses",
    paths:
      /^\/v1\/responses(?:\/(?:compact|input_tokens|resp_[^/]*(?:\/(?:cancel|input_items))?))?$/,
    advice: plugin("responses", "responses"),
  },
  {
    name: "embeddings",
    paths: /^\/v1\/embeddings$/,
    advice: plugin("embeddings", "embeddings"),
  },
  {
    name: "variations of images",
    paths: /^\/v1\/images\/variations$/,
    advice: "No plugin does; send the image and what is to change to /v1/images/edits.",
  },
  {
    name: "images",
    paths: /^\/v1\/images\/(?:generations|edits)$/,
    advice: plugin("images", "images"),
  },
  {
    name: "voices of one's own",
    paths: /^\/v1\/audio\/(?:voices|voice_consents)(?:\/|$)/,
    advice: "No plugin does; /v1/audio/speech takes the names of ready voices.",
  },
  {
    name: "audio",
    paths: /^\/v1\/audio\/(?:speech|transcriptions|translations)$/,
    advice: plugin("audio", "audio"),
  },
  {
    name: "stored chat completions",
    // Their ids begin so; any other word after the path is a wrong base URL.
    paths: /^\/v1\/chat\/completions\/chatcmpl[^/]*(?:\/messages)?$/,
    advice: "No plugin does; /v1/responses keeps answers, with `store`.",
  },
  {
    name: "conversations",
    paths: /^\/v1\/conversations(?:\/|$)/,
    advice: "No plugin does; /v1/responses goes on from an answer with `previous_response_id`.",
  },
  {
    name: "assistants and threads",
    paths: /^\/v1\/(?:assistants|threads)(?:\/|$)/,
    advice: "OpenAI has replaced them; use /v1/responses.",
  },
  {
    name: "files",
    paths: /^\/v1\/files(?:\/|$)/,
    advice: plugin("files", "files"),
  },
  {
    name: "uploads in parts",
    paths: /^\/v1\/uploads(?:\/|$)/,
    advice: "No plugin does; send a file in one piece to /v1/files, or inside the request.",
  },
  {
    name: "vector stores",
    paths: /^\/v1\/vector_stores(?:\/|$)/,
    advice: whole,
  },
  {
    name: "batches",
    paths: /^\/v1\/batches(?:\/|$)/,
    advice: "No plugin does; send the requests one by one.",
  },
  {
    name: "the Realtime API",
    paths: /^\/v1\/realtime(?:\/|$)/,
    advice: "No plugin does; /v1/responses takes WebSockets, for text.",
  },
  {
    name: "reranking",
    paths: /^\/v1\/rerank$/,
    advice: "No plugin does; /v1/embeddings can rank texts by likeness.",
  },
  {
    name: "moderations",
    paths: /^\/v1\/moderations$/,
    advice: nothing,
  },
  {
    name: "checks of provenance",
    paths: /^\/v1\/content_provenance_checks(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "fine-tuning",
    paths: /^\/v1\/fine_tuning(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "videos",
    paths: /^\/v1\/videos(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "evaluations",
    paths: /^\/v1\/evals(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "containers",
    paths: /^\/v1\/containers(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "skills",
    paths: /^\/v1\/skills(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "ChatKit",
    paths: /^\/v1\/chatkit(?:\/|$)/,
    advice: nothing,
  },
  {
    name: "OpenAI's administration API",
    paths: /^\/v1\/(?:organization|projects)(?:\/|$)/,
    advice: nothing,
  },
];
