import * as v from "valibot";
import { readOptions } from "@agproxy/core";

export interface ResponsesOptions {
  /** Whether an answer that is not streamed carries `choices` too, as a chat completion does. Default: true. */
  readonly choices?: boolean;
  /** Whether the WebSocket form is served at the same path. Default: true. */
  readonly websocket?: boolean;
  /** How many days a response is kept. Default: 30. */
  readonly keepDays?: number;
  /** The largest response that is kept, with its input, in bytes. Default: 8 MiB, so that one cannot fill a store in memory. */
  readonly keepBytes?: number;
  /**
   * Protects the signatures in `encrypted_content` against changes. Set it where several instances answer the
   * same clients, or to keep signatures valid over a restart without a store on disk. Default: made at the first start
   * and kept in the store.
   */
  readonly secret?: string | undefined;
}

const positive = v.pipe(v.number(), v.gtValue(0));
const schema = v.strictObject({
  choices: v.optional(v.boolean(), true),
  websocket: v.optional(v.boolean(), true),
  keepDays: v.optional(v.pipe(positive, v.maxValue(3650)), 30),
  keepBytes: v.optional(v.pipe(positive, v.integer()), 8 * 1024 * 1024),
  secret: v.optional(v.pipe(v.string(), v.minLength(16, "must have at least 16 characters"))),
});

/** The options with their defaults. */
export function readResponsesOptions(options: ResponsesOptions) {
  return readOptions("responses", schema, options, "responses({ choices: false, keepDays: 7 })");
}
