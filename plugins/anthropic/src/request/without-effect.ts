import { type Fields, isObject } from "@agproxy/core";
import type { Ignored } from "@agproxy/plugin-openai-wire";

/** Fields that are read elsewhere. `cache_control` is granted by itself: upstreams cache what begins alike. */
const read: ReadonlySet<string> = new Set([
  "cache_control",
  "extra_body",
  "google",
  "max_tokens",
  "messages",
  "metadata",
  "model",
  "output_config",
  "output_format",
  "stop_sequences",
  "stream",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
]);

/** Whether a value asks for what happens anyway. */
const usual: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ["service_tier", (value: unknown) => value === "auto" || value === "standard_only"],
  ["speed", (value: unknown) => value === "standard"],
  ["context_management", keepsAll],
]);

/** Nothing is taken out of a conversation here: Claude Code asks for that with each request. */
function keepsAll(value: unknown): boolean {
  const edits = isObject(value) ? value["edits"] : undefined;
  return Array.isArray(edits) && edits.every((edit) => isObject(edit) && edit["keep"] === "all");
}

/** Adds the fields of a body that have no effect here to `ignored`, unknown ones too. */
export function nameWithoutEffect({ values }: Fields, ignored: Ignored): void {
  for (const [field, value] of Object.entries(values)) {
    if (read.has(field) || !asks(value)) continue;
    if (usual.get(field)?.(value) !== true) ignored.add(field);
  }
}

function asks(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** Betas that ask for what is so here anyway, or for the use of fields that are read or named by themselves. */
const granted =
  /^(?:advanced-tool-use|claude-code|code-execution|computer-use|context-1m|context-management|effort|extended-cache-ttl|files-api|fine-grained-tool-streaming|interleaved-thinking|mid-conversation-system|oauth|output-128k|pdfs|prompt-caching|prompt-caching-scope|search-results|structured-outputs|thinking-token-count|token-counting|tool-examples|tool-search-tool|web-fetch|web-search)-\d{4}-?\d{2}-?\d{2}$/;

/** Names the betas of the header `anthropic-beta` that mean nothing here. */
export function nameBetas(header: string | readonly string[] | undefined, ignored: Ignored): void {
  const betas = typeof header === "string" ? [header] : (header ?? []);
  for (const beta of betas.flatMap((list) => list.split(","))) {
    const name = beta.trim();
    if (name !== "" && !granted.test(name)) ignored.add(`anthropic-beta.${name}`);
  }
}
