import { AgproxyError, type Fields } from "@agproxy/core";

/** A header can hold only so much, and a client could name a thousand unknown things. */
const most = 40;

/** Names of what the client asked for and nobody can honour. They end in a response header. */
export class Ignored {
  readonly #names = new Set<string>();

  /** Some names come from the client: only what a header and its list syntax can carry is kept. */
  add(name: string): void {
    if (this.#names.size < most) this.#names.add(name.replaceAll(/[^\w.[\]-]/g, "_").slice(0, 80));
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}

/** What names a part of the conversation that only OpenAI holds: without it the answer would be to another question. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  [
    "conversation",
    "agproxy keeps no conversations. Go on from a response with `previous_response_id`, or send the whole conversation in `input`.",
  ],
  [
    "prompt",
    "agproxy has no prompt templates. Send the text in `instructions` and `input` and leave the field out.",
  ],
]);

/** Throws for a field whose meaning is stored with OpenAI. */
export function refuseStored(body: Fields): void {
  for (const [field, advice] of elsewhere) {
    if (body.get(field) !== undefined) {
      const message = `\`${field}\` cannot be honoured.`;
      throw new AgproxyError("invalid_request", message, { param: field, advice });
    }
  }
}

/** Values that ask for nothing beyond what happens anyway. */
const harmless: ReadonlyMap<string, readonly unknown[]> = new Map([
  ["context_management", []],
  ["max_tool_calls", []],
  ["moderation", []],
  ["prompt_cache_options", []],
  ["prompt_cache_retention", []],
  ["service_tier", ["auto", "default"]],
  ["truncation", ["disabled"]],
]);

const honouredIncludes: ReadonlySet<string> = new Set([
  "code_interpreter_call.outputs",
  "message.output_text.logprobs",
  "reasoning.encrypted_content",
]);

/** Names the fields that are understood and cannot be honoured. */
export function nameUnhonoured(body: Fields, ignored: Ignored): void {
  for (const [field, values] of harmless) {
    const value = body.get(field);
    if (value !== undefined && !values.includes(value)) ignored.add(field);
  }
  for (const extra of body.list("include") ?? []) {
    if (typeof extra === "string" && !honouredIncludes.has(extra)) ignored.add(`include.${extra}`);
  }
}
