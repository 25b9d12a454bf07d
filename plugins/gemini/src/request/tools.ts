import {
  defined,
  type ChatRequest,
  type JsonObject,
  type Tool,
  type ToolChoice,
} from "@agproxy/core";
import { argumentsSchema } from "../schema/gemini-schema.ts";
import { passedSchema } from "../schema/passed.ts";
import type { ToolNames } from "./tool-names.ts";
import type { Dialect } from "./tool-plan.ts";

/** The functions the model may call, each with its whole schema. */
export function functionDeclarations(
  { tools = [], toolChoice }: ChatRequest,
  names: ToolNames,
  { jsonSchema }: Dialect,
): readonly JsonObject[] {
  const declared = jsonSchema ? inJsonSchema : inGeminiSchema;
  const isOffered = offer(toolChoice);
  const declarations: JsonObject[] = [];
  for (const [index, tool] of tools.entries()) {
    if (!isOffered(tool)) continue;
    declarations.push(
      defined({
        name: names.legal(tool.name),
        description: tool.description,
        ...declared(tool.parameters, `tools[${index}]`),
      }),
    );
  }
  return declarations;
}

/**
 * `toolConfig.functionCallingConfig`, absent for the default. Where there are no functions it must be
 * absent too: Gemini refuses it alone.
 * Source: https://ai.google.dev/api/caching#FunctionCallingConfig
 */
export function toolConfig(
  { tools = [], toolChoice: choice }: ChatRequest,
  names: ToolNames,
): JsonObject | undefined {
  if (choice === undefined || choice.mode === "auto" || tools.length === 0) return undefined;
  if (choice.mode === "none") return { functionCallingConfig: { mode: "NONE" } };
  const chosen = chosenNames(choice);
  const allowed = tools.filter((tool) => chosen?.has(tool.name) === true);
  return {
    functionCallingConfig: {
      mode: "ANY",
      ...(allowed.length === 0
        ? {}
        : { allowedFunctionNames: allowed.map((tool) => names.legal(tool.name)) }),
    },
  };
}

/**
 * A choice of some tools that may also choose none is made by offering only those: `AUTO` takes no
 * `allowedFunctionNames`, and `VALIDATED`, which does, is not known to every model.
 */
function offer(choice: ToolChoice | undefined): (tool: Tool) => boolean {
  const chosen = choice?.mode === "auto" ? chosenNames(choice) : undefined;
  return (tool) => chosen === undefined || chosen.has(tool.name);
}

function chosenNames(choice: ToolChoice): ReadonlySet<string> | undefined {
  return "names" in choice && choice.names !== undefined ? new Set(choice.names) : undefined;
}

function inJsonSchema(parameters: JsonObject | undefined, param: string): JsonObject {
  if (parameters === undefined) return {};
  return { parametersJsonSchema: objectSchema(passedSchema(parameters, param)) };
}

function inGeminiSchema(parameters: JsonObject | undefined, param: string): JsonObject {
  return { parameters: parameters && argumentsSchema(parameters, param) };
}

/** Arguments are an object; a schema that does not say what it describes is told so. */
function objectSchema(schema: JsonObject): JsonObject {
  const says = ["type", "$ref", "anyOf", "oneOf", "allOf"].some((keyword) => keyword in schema);
  return says ? schema : { type: "object", ...schema };
}
