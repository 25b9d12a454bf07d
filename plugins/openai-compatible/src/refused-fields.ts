import type { JsonObject } from "@agproxy/core";
import { errorDetails } from "./errors/error-details.ts";

/** Fields that ask for something a server may not know, and that a request can do without. */
const droppable: readonly string[] = [
  "stream_options",
  "reasoning_effort",
  "reasoning",
  "include_reasoning",
  "parallel_tool_calls",
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
  "modalities",
  "image_config",
  "prompt_cache_key",
  "user",
];

/** The two names of one field: a server may know only the other. */
const renamed: Readonly<Record<string, string>> = {
  max_tokens: "max_completion_tokens",
  max_completion_tokens: "max_tokens",
};

/** Fields of an assistant's message that some servers refuse. */
const messageFields: readonly string[] = ["reasoning_content", "reasoning"];

/** A field that a server refused. */
export interface RefusedField {
  readonly name: string;
  /** Whether the server named it for programs, so that it may be left out of others' requests too. */
  readonly isCertain: boolean;
}

/** Words of a refusal that speaks of a field, in the languages of the usual servers. */
const refuses =
  /not supported|unsupported|unrecognized|unknown|not permitted|unexpected|not allowed|does not support|only the default|extra/i;

/**
 * The field for which a server refused a request, if the request can do without it. The server's `param` or `loc` counts first.
 * A message may quote the request, and then its caller chose the words.
 */
export function refusedField(
  status: number,
  text: string,
  body: JsonObject,
): RefusedField | undefined {
  if (status !== 400 && status !== 422) return undefined;
  const details = errorDetails(text);
  if (details === undefined) return undefined;
  const candidates = [...droppable, ...Object.keys(renamed)].filter((name) => name in body);
  for (const param of details.params) {
    const steps = param.split(".");
    const name = candidates.find((field) => field === steps[0]);
    if (name !== undefined) return { name, isCertain: true };
    const inMessage = messageFields.find((field) => field === steps.at(-1));
    if (inMessage !== undefined) return { name: inMessage, isCertain: true };
  }
  if (!refuses.test(details.message)) return undefined;
  const words = new Set(details.message.match(/[a-z_]+/g));
  const name = [...candidates, "reasoning_content"].find((field) => words.has(field));
  // What this one costs is the count of tokens, so nobody gains by a lie about it.
  return name === undefined ? undefined : { name, isCertain: name === "stream_options" };
}

/** The body without a field, or with its other name. */
export function withoutField(body: JsonObject, name: string): JsonObject {
  const { [name]: value, ...rest } = body;
  const other = renamed[name];
  if (other !== undefined) return value === undefined ? body : { ...rest, [other]: value };
  if (!messageFields.includes(name) || !Array.isArray(body["messages"]))
    return withoutAlternatives(name, rest);
  const messages = (body["messages"] as readonly JsonObject[]).map((message) => {
    const { [name]: _, ...kept } = message;
    return kept;
  });
  return { ...rest, messages };
}

/** Alternatives of tokens are nothing without the tokens. */
function withoutAlternatives(name: string, { top_logprobs: top, ...rest }: JsonObject): JsonObject {
  return name === "logprobs" || top === undefined ? rest : { ...rest, top_logprobs: top };
}

/** Whether a client misses a field that was left out. */
export function isMissed(name: string): boolean {
  return name !== "stream_options" && !messageFields.includes(name) && !(name in renamed);
}

/** Servers and models are few; a list of made-up models must not fill the memory. */
const maxRemembered = 256;

/** The fields that each server's model has refused, so that it is not asked again with them. */
export class RefusedFields {
  readonly #fields = new Map<string, Set<string>>();

  of(key: string): ReadonlySet<string> {
    return this.#fields.get(key) ?? none;
  }

  add(key: string, field: string): void {
    const known = this.#fields.get(key) ?? new Set();
    known.add(field);
    this.#fields.set(key, known);
    if (this.#fields.size <= maxRemembered) return;
    for (const oldest of this.#fields.keys()) {
      this.#fields.delete(oldest);
      break;
    }
  }
}

const none: ReadonlySet<string> = new Set();
