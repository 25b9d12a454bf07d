import { z } from "zod";

export interface ResponsesOptions {
  /** Whether an answer that is not streamed carries `choices` too, as a chat completion does. Default: true. */
  readonly choices?: boolean;
  /** Whether the WebSocket form is served at the same path. Default: true. */
  readonly websocket?: boolean;
  /** How many days a response is kept. Default: 30. */
  readonly keepDays?: number;
  /** The largest response that is kept, with its input, in bytes. Default: 8 MiB, so that one does not fill a store in memory. */
  readonly keepBytes?: number;
  /**
   * Protects the signatures in `encrypted_content` against changes. Set it where several instances answer the
   * same clients, or to keep signatures valid over a restart without a store on disk. Default: made at the
   * first start and kept in the store.
   */
  readonly secret?: string | undefined;
}

const wholeNumber = z.number("must be a number").int("must be a whole number");

const schema = z.strictObject({
  choices: z.boolean("must be true or false").default(true),
  websocket: z.boolean("must be true or false").default(true),
  keepDays: z.number("must be a number").positive("must be more than 0").max(3650).default(30),
  keepBytes: wholeNumber.positive("must be more than 0").default(8 * 1024 * 1024),
  secret: z.string("must be a string").min(16, "must have at least 16 characters").optional(),
});

/** The options with their defaults. Config files in JSON and YAML are not type-checked, hence the look. */
export function readOptions(options: ResponsesOptions) {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  const said = where === "" ? issue?.message : `\`${where}\` ${issue?.message}`;
  throw new Error(`responses: ${said}. Write it as responses({ choices: false }).`);
}
