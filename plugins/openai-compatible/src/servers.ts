import type { HostedTool, ReasoningEffort } from "@agproxy/core";

/** What one kind of server takes of the chat completions API, and what it has beside it. */
export interface ServerKind {
  /** The field for the limit of an answer, reasoning included. */
  readonly tokenLimit: "max_tokens" | "max_completion_tokens";
  /** The field for the limit of what is seen. */
  readonly answerLimit: "max_tokens" | "max_completion_tokens";
  /** The field in which earlier thoughts go back. Absent: they do not. */
  readonly thoughts?: "reasoning_content" | "reasoning";
  /** Whether the role `developer` is known. */
  readonly developerRole: boolean;
  /** Whether instructions may be several messages; templates of local models take one, at the start. */
  readonly severalSystems: boolean;
  /** Whether some of the tools can be chosen; otherwise only those are sent. */
  readonly allowedTools: boolean;
  readonly topK: boolean;
  /** How an effort is asked for. */
  readonly effort: "reasoning_effort" | "reasoning";
  /** Words for efforts that the server does not know. */
  readonly efforts: Readonly<Partial<Record<ReasoningEffort, ReasoningEffort>>>;
  /** How many stop words it takes. Absent: any number. */
  readonly maxStops?: number;
  /** The tools of its own, as entries of the body. */
  readonly hosted: Readonly<Partial<Record<HostedTool, HostedField>>>;
  /** How wishes about pictures are written. Absent: there are none. */
  readonly images?: "fields" | "image_config";
  /** Whether it draws and speaks, where the model can. */
  readonly modalities: boolean;
  /** Whether a message of a model's may hold pictures, and a tool's result media. */
  readonly pictures: boolean;
  /** Whether it takes signatures, and vendors' own fields, as agproxy writes them. */
  readonly isGateway: boolean;
  /** Whether conversations have a word for the cache. */
  readonly cacheKey: boolean;
  /** The path that shows whether a key is good. */
  readonly probePath: string;
}

/** A field of the body, and what is added to it. */
interface HostedField {
  readonly field: "tools" | "plugins" | "web_search_options";
  readonly value: Readonly<Record<string, unknown>>;
}

const plain: ServerKind = {
  tokenLimit: "max_tokens",
  answerLimit: "max_tokens",
  developerRole: false,
  severalSystems: false,
  allowedTools: false,
  topK: true,
  effort: "reasoning_effort",
  efforts: { minimal: "low", xhigh: "high" },
  hosted: {},
  modalities: false,
  pictures: false,
  isGateway: false,
  cacheKey: false,
  probePath: "/models",
};

/** Everything that only speaks the wire: llama.cpp, Ollama, vLLM, LM Studio and others. */
const other: ServerKind = { ...plain, thoughts: "reasoning_content" };

/** Source: https://platform.openai.com/docs/api-reference/chat/create */
const openai: ServerKind = {
  ...plain,
  tokenLimit: "max_completion_tokens",
  answerLimit: "max_completion_tokens",
  developerRole: true,
  severalSystems: true,
  allowedTools: true,
  topK: false,
  efforts: {},
  maxStops: 4,
  hosted: { "web-search": { field: "web_search_options", value: {} } },
  modalities: true,
  cacheKey: true,
};

/** Source: https://openrouter.ai/docs/api-reference/overview */
const openrouter: ServerKind = {
  ...other,
  thoughts: "reasoning",
  severalSystems: true,
  effort: "reasoning",
  efforts: {},
  hosted: { "web-search": { field: "plugins", value: { id: "web" } } },
  images: "image_config",
  modalities: true,
  pictures: true,
  // The list of models is public, so it says nothing about a key.
  probePath: "/key",
};

/** Another agproxy. */
const agproxy: ServerKind = {
  ...other,
  tokenLimit: "max_completion_tokens",
  developerRole: true,
  severalSystems: true,
  allowedTools: true,
  efforts: {},
  hosted: {
    "web-search": { field: "tools", value: { type: "web_search" } },
    "url-context": { field: "tools", value: { type: "url_context" } },
    "code-execution": { field: "tools", value: { type: "code_execution" } },
  },
  images: "fields",
  modalities: true,
  pictures: true,
  isGateway: true,
  cacheKey: true,
};

export const serverKinds = { openai, openrouter, agproxy, other } as const;

export type ServerName = keyof typeof serverKinds;

/** The kind of server that a host is known to be. */
export function serverOf(host: string): ServerName {
  if (/(?:^|\.)(?:openai\.com|openai\.azure\.com)$/i.test(host)) return "openai";
  return /(?:^|\.)openrouter\.ai$/i.test(host) ? "openrouter" : "other";
}
