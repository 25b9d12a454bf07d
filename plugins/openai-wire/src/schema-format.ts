import { defined, type OutputFormat, type Fields } from "@agproxy/core";

/** An answer of the shape that `format` describes. */
export function schemaFormat(format: Fields): OutputFormat {
  return {
    type: "json",
    ...defined({
      name: format.string("name"),
      description: format.string("description"),
      schema: format.object("schema")?.values,
      strict: format.boolean("strict"),
    }),
  };
}
