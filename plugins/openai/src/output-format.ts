import { defined, type OutputFormat, type Fields } from "@agproxy/core";

/** What `response_format` asks for. */
export function outputFormat(fields: Fields): OutputFormat | undefined {
  const format = fields.object("response_format");
  switch (format?.string("type")) {
    case undefined:
      return undefined;
    case "text":
      return { type: "text" };
    case "json_object":
      return { type: "json" };
    case "json_schema":
      return format === undefined ? undefined : jsonSchema(format.nested("json_schema"));
    default:
      throw fields.wrong("response_format.type", "one of text, json_object, json_schema");
  }
}

function jsonSchema(format: Fields): OutputFormat {
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
