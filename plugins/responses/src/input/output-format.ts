import { defined, type OutputFormat, type Fields } from "@agproxy/core";
import type { Ignored } from "./ignored.ts";

/** The shape of the answer, from `text.format`. */
export function readOutputFormat(body: Fields, ignored: Ignored): OutputFormat | undefined {
  const text = body.object("text");
  const verbosity = text?.string("verbosity");
  if (verbosity !== undefined && verbosity !== "medium") ignored.add("text.verbosity");
  const format = text?.object("format");
  const type = format?.string("type");
  if (format === undefined || type === undefined || type === "text") return undefined;
  if (type === "json_object") return { type: "json" };
  if (type === "json_schema") return schemaFormat(format);
  ignored.add("text.format");
  return undefined;
}

function schemaFormat(format: Fields): OutputFormat {
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
