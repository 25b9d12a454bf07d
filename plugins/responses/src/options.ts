import { z } from "zod";

export interface ResponsesOptions {
  /** Whether an answer that is not streamed carries `choices` too, as a chat completion does. Default: true. */
  readonly choices?: boolean;
}

const schema = z.strictObject({ choices: z.boolean("must be true or false").default(true) });

/** The options with their defaults. Config files in JSON and YAML are not type-checked, hence the look. */
export function readOptions(options: ResponsesOptions): { readonly choices: boolean } {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  const said = where === "" ? issue?.message : `\`${where}\` ${issue?.message}`;
  throw new Error(`responses: ${said}. Write it as responses({ choices: false }).`);
}
