import { generateContentRequest, type Dialect } from "@agproxy/plugin-gemini";
import { lintRequest } from "@agproxy/plugin-sandbox";
import type { Tool } from "agproxy";

/** How upstreams take schemas: as JSON Schema, and in Gemini's own words. */
export const dialects = {
  "JSON Schema": { jsonSchema: true, mixedTools: true, reroutes: true },
  "Gemini's own": { jsonSchema: false, mixedTools: false, reroutes: false },
} as const satisfies Readonly<Record<string, Dialect>>;

export interface ToolRequest {
  /** The function as it leaves, as JSON. */
  readonly declaration: unknown;
  /** What the Gemini API would answer to it; undefined where it takes it. */
  readonly refusal: string | undefined;
}

/** A request with one tool, as it leaves, and what the linter of the sandbox says of it. */
export function toolRequest(tool: Tool, dialect: Dialect): ToolRequest {
  const model = "gemini-3.5-flash";
  const { body } = generateContentRequest(
    {
      model,
      messages: [{ role: "user", content: [{ type: "text", text: "Go" }] }],
      tools: [tool],
      sampling: {},
      stream: false,
    },
    model,
    { dialect },
  );
  const [first] = body.tools ?? [];
  const declarations: unknown = first?.functionDeclarations;
  const error = lintRequest(model, JSON.parse(JSON.stringify(body)))?.body.error;
  return {
    declaration: Array.isArray(declarations) ? (declarations as readonly unknown[])[0] : undefined,
    refusal: error === undefined ? undefined : JSON.stringify(error),
  };
}
