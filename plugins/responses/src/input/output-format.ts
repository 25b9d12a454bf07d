import type { OutputFormat, Fields } from "@agproxy/core";
import { schemaFormat } from "@agproxy/plugin-openai-wire";
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
  throw format.wrong("type", "one of text, json_object, json_schema");
}
