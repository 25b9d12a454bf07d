import * as v from "valibot";
import { readOptions } from "@agproxy/core";

export interface AnthropicOptions {
  /**
   * Protects the signatures in thinking blocks against changes. Set it where several instances answer the same clients, or
   * to keep signatures valid over a restart without a store on disk. Default: made at the first start and kept in the store.
   */
  readonly secret?: string | undefined;
}

const schema = v.strictObject({
  secret: v.optional(v.pipe(v.string(), v.minLength(16, "must have at least 16 characters"))),
});

export function readAnthropicOptions(options: AnthropicOptions) {
  return readOptions("anthropic", schema, options, 'anthropic({ secret: "a-long-random-text" })');
}
