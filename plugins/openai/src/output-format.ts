import type { OutputFormat, Fields } from "@agproxy/core";
import { schemaFormat } from "@agproxy/plugin-openai-wire";

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
      return format === undefined ? undefined : schemaFormat(format.nested("json_schema"));
    default:
      throw fields.wrong("response_format.type", "one of text, json_object, json_schema");
  }
}
