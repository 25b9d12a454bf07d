import {
  type ChatRequest,
  type HostedTool,
  type JsonObject,
  defined,
  type Tool,
  type ToolChoice,
} from "@agproxy/core";
import type { Family } from "../models/families.ts";
import { servedModel } from "../models/known-model.ts";
import { fields, list } from "../shape.ts";
import type { GeminiBody } from "../wire.ts";
import { argumentsSchema, objectSchema } from "../schema/gemini-schema.ts";
import type { ToolNames } from "./tool-names.ts";

/** What an upstream accepts. The Gemini API accepts all. */
export interface Dialect {
  /** Takes JSON Schema as it is; otherwise schemas are rewritten in Gemini's own. */
  readonly jsonSchema: boolean;
  /** Knows the field that allows built-in tools beside functions. */
  readonly mixedTools: boolean;
  /** Knows ids of function calls; otherwise a result is for the call in its place. Default: it does. */
  readonly callIds?: boolean;
  /** Answers retired names with newer models, as `reroutedModels` has it. */
  readonly reroutes?: boolean;
}

export const fullDialect: Dialect = { jsonSchema: true, mixedTools: true, reroutes: true };

/** What the plan depends on beside the request. */
interface PlanContext {
  readonly names: ToolNames;
  /** Whether the model's name asks for a search. */
  readonly webSearch: boolean;
  readonly family: Family;
  readonly dialect: Dialect;
}

/** What a request gets of the things that exclude each other. */
export interface ToolPlan {
  readonly tools?: readonly JsonObject[] | undefined;
  readonly toolConfig?: JsonObject | undefined;
  /** Whether the answer's format is asked for. */
  readonly format: boolean;
  /** What was asked for and is left out. */
  readonly ignored: readonly string[];
}

/**
 * Where a family combines only some of functions, output format and built-in tools, functions come first, because an
 * agent cannot go on without them; then the format, which a program reads; then built-in tools.
 * Source: https://ai.google.dev/gemini-api/docs/tool-combination
 *
 * @param callable the request without its functions where the model refuses them
 */
export function toolPlan(
  request: ChatRequest,
  callable: ChatRequest,
  { names, webSearch, family, dialect }: PlanContext,
): ToolPlan {
  const declarations = functionDeclarations(callable, names, dialect);
  const functions = declarations.length > 0;
  const asked = new Set(request.hostedTools);
  if (webSearch) asked.add("web-search");
  const json = request.output?.type === "json";
  const together = family.formatsWithTools === true;
  const format = isFormatted(request, functions, family);
  const mixes = !functions || (family.mixesTools === true && dialect.mixedTools);
  const free = mixes && (together || !format);
  const hosted = [...asked].filter((tool) => free && (family.hosted ?? all).includes(tool));
  const dropped = [...asked].filter((tool) => !hosted.includes(tool));
  return {
    tools: toolList(declarations, hosted),
    toolConfig: toolConfig(callable, names),
    format,
    ignored: [
      ...dropped.map((tool) => tool.replace("-", "_")),
      ...(json && !format ? ["response_format"] : []),
    ],
  };
}

/** Whether the model can be asked for the output format, beside functions if there are some. */
export function isFormatted(
  { output }: ChatRequest,
  functions: boolean,
  { refusesJson, formatsWithTools }: Family,
): boolean {
  return (
    output?.type === "json" && refusesJson !== true && (formatsWithTools === true || !functions)
  );
}

const all: readonly HostedTool[] = ["web-search", "url-context", "code-execution"];

/** The fields of a tool that runs on the vendor's side. */
export const hostedNames: Readonly<Record<HostedTool, string>> = {
  "web-search": "googleSearch",
  "url-context": "urlContext",
  "code-execution": "codeExecution",
};

/** `tools`: functions and built-in tools in one object where there are both, each in its own otherwise. */
function toolList(
  declarations: readonly JsonObject[],
  hosted: readonly HostedTool[],
): readonly JsonObject[] | undefined {
  const builtIn = hosted.map((tool): JsonObject => ({ [hostedNames[tool]]: {} }));
  if (declarations.length === 0) return builtIn.length === 0 ? undefined : builtIn;
  return [Object.assign({}, ...builtIn, { functionDeclarations: declarations }) as JsonObject];
}

/** Built-in tools beside functions are refused unless the request says that both are meant. */
export function withMixedTools(body: GeminiBody): GeminiBody {
  // The client may have written some of the body itself, in any shape.
  const kinds = new Set(list(body.tools).flatMap((tool) => Object.keys(fields(tool) ?? {})));
  if (kinds.size < 2 || !kinds.has("functionDeclarations")) return body;
  return {
    ...body,
    toolConfig: { includeServerSideToolInvocations: true, ...fields(body.toolConfig) },
  };
}

/** Whether the translated request may have functions and built-in tools, judged before the translation. */
export function mayMixTools(request: ChatRequest, model: string, now?: number): boolean {
  const { named, family } = servedModel(model, now);
  if (family.mixesTools !== true) return false;
  if (list(request.extensions?.google?.tools).length > 0) return true;
  const hosted = named.webSearch || list(request.hostedTools).length > 0;
  return hosted && list(request.tools).length > 0;
}

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
 * A choice that names some tools and forces none is made by declaring only those: `AUTO` takes no
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
  return { parametersJsonSchema: objectSchema(parameters, param) };
}

function inGeminiSchema(parameters: JsonObject | undefined, param: string): JsonObject {
  return { parameters: parameters && argumentsSchema(parameters, param) };
}
