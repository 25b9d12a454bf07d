import { type Fault, vague } from "../server/fault.ts";
import { isObject } from "@agproxy/core";
import { jsonSchemaFaults } from "./json-schema-rules.ts";
import { familyOf } from "@agproxy/plugin-gemini";
import { schemaFaults } from "./schema-rules.ts";
import type { FunctionDeclaration, GenerateRequest, Tool } from "../wire.ts";

const nameRule =
  "Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.";

/** What is wrong with tools, their schemas and the choice among them. */
export function toolFaults(model: string, request: GenerateRequest): Fault[] {
  const { tools = [] } = request;
  const declarations = tools.flatMap((tool, i) =>
    (tool.functionDeclarations ?? []).flatMap((declaration, j) =>
      declarationFaults(declaration, `tools[${i}].function_declarations[${j}]`),
    ),
  );
  return [
    ...declarations,
    ...duplicates(tools),
    ...choiceFaults(request),
    ...mixing(model, request),
  ];
}

function declarationFaults(declaration: FunctionDeclaration, path: string): Fault[] {
  const { name = "", parameters, parametersJsonSchema } = declaration;
  const at = `* GenerateContentRequest.${path}`;
  const faults: Fault[] = [];
  if (!/^[A-Za-z_][\w.:-]{0,63}$/.test(name)) {
    faults.push(`${at}.name: Invalid function name. ${nameRule}`);
  }
  if (parameters !== undefined && parametersJsonSchema !== undefined) {
    faults.push(`${at}: only one of parameters and parameters_json_schema can be set.`);
  }
  const tooDeep = `FunctionDeclaration '${name}' in the request exceeds the maximum allowed nesting depth.`;
  if (parameters !== undefined) {
    if (parameters.type !== "OBJECT") faults.push(notAnObject(name));
    const more = schemaFaults(parameters, `${path}.parameters`, tooDeep);
    for (const fault of more) faults.push(fault);
  }
  if (parametersJsonSchema === undefined) return faults;
  if (!isObject(parametersJsonSchema)) {
    return [...faults, vague(`${path}.parameters_json_schema is no object`)];
  }
  const joins = ["anyOf", "oneOf", "allOf"].some((keyword) => keyword in parametersJsonSchema);
  const { type = joins ? undefined : "object" } = parametersJsonSchema;
  if (![type].flat().includes("object")) faults.push(notAnObject(name));
  return [...faults, ...jsonSchemaFaults(parametersJsonSchema, { tooDeep, isStrict: false })];
}

function notAnObject(name: string): string {
  return `Unable to submit request because \`${name}\` functionDeclaration \`parameters\` schema should be of type OBJECT.`;
}

function duplicates(tools: readonly Tool[]): string[] {
  const names = tools.flatMap((tool) => (tool.functionDeclarations ?? []).map(({ name }) => name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? [] : [`Duplicate function declaration found: ${twice}`];
}

function choiceFaults({ tools = [], toolConfig }: GenerateRequest): string[] {
  const { mode, allowedFunctionNames = [] } = toolConfig?.functionCallingConfig ?? {};
  const names = tools.flatMap((tool) => (tool.functionDeclarations ?? []).map(({ name }) => name));
  if (mode === "ANY" && names.length === 0) {
    return ["Function calling config is set without function_declarations."];
  }
  if (allowedFunctionNames.length === 0) return [];
  if (mode !== "ANY" && mode !== "VALIDATED") {
    return ["Please set allowed_function_names only when function calling mode is ANY."];
  }
  const unknown = allowedFunctionNames.find((name) => !names.includes(name));
  return unknown === undefined
    ? []
    : [`allowed_function_names contains "${unknown}", which is not in function_declarations.`];
}

/** Functions beside built-in tools, and functions beside JSON output, are for some models only. */
function mixing(model: string, { tools = [], toolConfig, generationConfig }: GenerateRequest) {
  const functions = tools.some((tool) => (tool.functionDeclarations ?? []).length > 0);
  if (!functions) return [];
  const builtIn = tools.some((tool) => Object.keys(tool).some((k) => k !== "functionDeclarations"));
  const { mixesTools = false, formatsWithTools = false } = familyOf(model);
  if (builtIn && !mixesTools)
    return ["Tool use with function calling is unsupported by the model."];
  if (builtIn && toolConfig?.includeServerSideToolInvocations !== true) {
    return [
      "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.",
    ];
  }
  const mimeType = generationConfig?.responseMimeType ?? "text/plain";
  return !formatsWithTools && mimeType !== "text/plain"
    ? [`Function calling with a response mime type: '${mimeType}' is unsupported`]
    : [];
}
