import { defined, type ChatRequest, type JsonObject, type Tool, type ToolChoice } from "agproxy";
import { argumentsSchema } from "./schema/gemini-schema.ts";
import { passedSchema } from "./schema/passed.ts";
import type { ToolNames } from "./tool-names.ts";
import type { Dialect } from "./tool-plan.ts";

/** The functions the model may call, each with its whole schema. */
export function functionDeclarations(
  request: ChatRequest,
  names: ToolNames,
  { jsonSchema }: Dialect,
): readonly JsonObject[] {
  const declared = jsonSchema ? inJsonSchema : inGeminiSchema;
  const places = new Map(request.tools?.map((tool, index) => [tool, `tools[${index}]`]));
  return offeredTools(request).map((tool) =>
    defined({
      name: names.legal(tool.name),
      description: tool.description,
      ...declared(tool.parameters, places.get(tool) ?? "tools"),
    }),
  );
}

/**
 * `toolConfig.functionCallingConfig`, absent for the default. Where there are no functions it must be
 * absent too: Gemini refuses it alone.
 * Source: https://ai.google.dev/api/caching#FunctionCallingConfig
 */
export function toolConfig(request: ChatRequest, names: ToolNames): JsonObject | undefined {
  const choice = request.toolChoice;
  const offered = offeredTools(request);
  if (choice === undefined || choice.mode === "auto" || offered.length === 0) return undefined;
  if (choice.mode === "none") return { functionCallingConfig: { mode: "NONE" } };
  const chosen = chosenNames(choice);
  const allowed = offered.filter((tool) => chosen?.has(tool.name) === true);
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
function offeredTools({ tools = [], toolChoice }: ChatRequest): readonly Tool[] {
  const chosen = toolChoice?.mode === "auto" ? chosenNames(toolChoice) : undefined;
  return chosen === undefined ? tools : tools.filter((tool) => chosen.has(tool.name));
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
