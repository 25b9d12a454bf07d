import type { JsonObject, Fields } from "@agproxy/core";

/** A custom tool takes free text. Models that only know functions get one with a single string argument. */
export const customParameters: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The tool's input, as plain text." } },
  required: ["input"],
};

/** No upstream can enforce a grammar, so the model is told of it. */
export function customDescription(tool: Fields): string | undefined {
  const format = tool.peek("format");
  const definition = format?.get("definition");
  const grammar =
    typeof definition === "string"
      ? [`The input must follow this ${format?.string("syntax") ?? ""} grammar:\n${definition}`]
      : [];
  const description = tool.string("description");
  const texts = description === undefined ? grammar : [description, ...grammar];
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

export function customArguments(input: string): string {
  return JSON.stringify({ input });
}

/** The free text of a call; whatever the model wrote, where it is not what was asked for. */
export function customInput(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const input =
      typeof parsed === "object" && parsed !== null && "input" in parsed ? parsed.input : undefined;
    return typeof input === "string" ? input : text;
  } catch {
    return text;
  }
}
