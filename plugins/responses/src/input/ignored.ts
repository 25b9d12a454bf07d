import { AgproxyError, type Fields } from "@agproxy/core";

/** Clients can send any number of unknown things, but servers and proxies limit the size of a header. */
const maxNames = 40;
const maxNameLength = 80;

/** The names of what the client asked for and does not get. They are told in a response header. */
export class Ignored {
  readonly #names = new Set<string>();

  /** A name may contain the client's text: it is cut down to what cannot break out of a header's list. */
  add(name: string): void {
    if (this.#names.size >= maxNames) return;
    this.#names.add(name.replaceAll(/[^\w.[\]-]/g, "_").slice(0, maxNameLength));
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}

/** Fields that name something stored at OpenAI, and what to do without. Ignoring one would change the question. */
const storedAtOpenai: ReadonlyMap<string, string> = new Map([
  [
    "conversation",
    "agproxy keeps no conversations. Continue a response with `previous_response_id`, or send the whole conversation in `input`.",
  ],
  [
    "prompt",
    "agproxy has no prompt templates. Send the text in `instructions` and `input`, and leave out `prompt`.",
  ],
]);

/** Throws for a field that names something stored at OpenAI. */
export function refuseStoredAtOpenai(body: Fields): void {
  for (const [field, advice] of storedAtOpenai) {
    if (body.get(field) !== undefined) {
      const message = `\`${field}\` is not supported.`;
      throw new AgproxyError("invalid_request", message, { param: field, advice });
    }
  }
}

/** Fields without effect here, each with the values that ask for nothing beyond what happens anyway. */
const withoutEffect: ReadonlyMap<string, readonly unknown[]> = new Map([
  ["context_management", []],
  ["max_tool_calls", []],
  ["moderation", []],
  ["personality", []],
  ["prompt_cache_options", []],
  ["prompt_cache_retention", []],
  ["service_tier", ["auto", "default"]],
  ["truncation", ["disabled"]],
]);

const supportedIncludes: ReadonlySet<string> = new Set([
  "code_interpreter_call.outputs",
  "message.output_text.logprobs",
  "reasoning.encrypted_content",
]);

/** Adds the known fields that have no effect here to `ignored`. */
export function nameWithoutEffect(body: Fields, ignored: Ignored): void {
  for (const [field, values] of withoutEffect) {
    const value = body.get(field);
    if (value !== undefined && !values.includes(value)) ignored.add(field);
  }
  for (const extra of body.list("include") ?? []) {
    if (typeof extra === "string" && !supportedIncludes.has(extra)) ignored.add(`include.${extra}`);
  }
}
