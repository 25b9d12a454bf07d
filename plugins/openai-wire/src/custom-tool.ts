import type { JsonObject, Fields } from "@agproxy/core";

/** A custom tool takes free text. Models that only know functions get one with a single string argument. */
export const customParameters: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The tool's input, as plain text." } },
  required: ["input"],
};

/** What the model is told of a custom tool: the client's own words, and the grammar. */
export function customDescription(custom: Fields): string | undefined {
  const texts = [custom.string("description"), grammar(custom)].flatMap((text) => text ?? []);
  return texts.length > 0 ? texts.join("\n\n") : undefined;
}

/** No upstream can enforce a grammar, so the model is told of it. */
function grammar(custom: Fields): string | undefined {
  const format = custom.peek("format");
  const inner = format?.peek("grammar") ?? format;
  const definition = inner?.get("definition");
  if (typeof definition !== "string") return undefined;
  const syntax = inner?.get("syntax");
  const grammarName = typeof syntax === "string" ? `${syntax} grammar` : "grammar";
  return `The input must follow this ${grammarName}:\n${definition}`;
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
