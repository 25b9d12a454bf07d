import * as v from "valibot";

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

const truth = v.boolean("must be true or false");
const positive = v.pipe(v.number("must be a number"), v.gtValue(0, "must be more than 0"));
const schema = v.strictObject(
  {
    choices: v.optional(truth, true),
    websocket: v.optional(truth, true),
    keepDays: v.optional(v.pipe(positive, v.maxValue(3650, "must be 3650 or less")), 30),
    keepBytes: v.optional(v.pipe(positive, v.integer("must be a whole number")), 8 * 1024 * 1024),
    secret: v.optional(
      v.pipe(v.string("must be a string"), v.minLength(16, "must have at least 16 characters")),
    ),
  },
  ({ expected }) => (expected === "never" ? "is no option" : "must be an object"),
);

/** The options with their defaults. Config files in JSON and YAML are not type-checked, hence the look. */
export function readOptions(options: ResponsesOptions) {
  const read = v.safeParse(schema, options);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const path = v.getDotPath(issue);
  const said = path === null ? `the options ${issue.message}` : `\`${path}\` ${issue.message}`;
  throw new Error(`responses: ${said}. Write it as responses({ choices: false }).`);
}
