import type { ChatRequest, HostedTool, JsonObject } from "@agproxy/core";
import type { Family } from "../models/families.ts";
import { knownModel } from "../models/known-model.ts";
import { fields, list } from "../shape.ts";
import type { GeminiBody } from "../wire.ts";

/** What one way to a model can carry. The Gemini API can carry all. */
export interface Dialect {
  /** Takes JSON Schema as it is; otherwise schemas are rewritten in Gemini's own. */
  readonly jsonSchema: boolean;
  /** Knows the field that allows built-in tools beside functions. */
  readonly mixedTools: boolean;
}

export const fullDialect: Dialect = { jsonSchema: true, mixedTools: true };

/** Which of the things that exclude each other a request gets. */
export interface ToolPlan {
  readonly hosted: readonly HostedTool[];
  /** Whether the answer's format is asked for. */
  readonly format: boolean;
  /** What was asked for and gives way. */
  readonly ignored: readonly string[];
}

/**
 * Where a family takes only some of functions, output format and built-in tools together, functions come
 * first: without them an agent cannot go on. Then the format, as a program reads it, then built-in tools.
 * Source: https://ai.google.dev/gemini-api/docs/tool-combination
 */
export function toolPlan(
  request: ChatRequest,
  functions: boolean,
  webSearch: boolean,
  family: Family,
  dialect: Dialect,
): ToolPlan {
  const asked = new Set(request.hostedTools);
  if (webSearch) asked.add("web-search");
  const json = request.output?.type === "json";
  const together = family.formatsWithTools === true;
  const format = json && family.refusesJson !== true && (together || !functions);
  const mixes = !functions || (family.mixesTools === true && dialect.mixedTools);
  const free = mixes && (together || !format);
  const hosted = [...asked].filter((tool) => free && (family.hosted ?? all).includes(tool));
  const dropped = [...asked].filter((tool) => !hosted.includes(tool));
  return {
    hosted,
    format,
    ignored: [
      ...dropped.map((tool) => tool.replace("-", "_")),
      ...(json && !format ? ["response_format"] : []),
    ],
  };
}

const all: readonly HostedTool[] = ["web-search", "url-context", "code-execution"];

const names: Readonly<Record<HostedTool, string>> = {
  "web-search": "googleSearch",
  "url-context": "urlContext",
  "code-execution": "codeExecution",
};

/** `tools`: functions and built-in tools in one object where there are both, each in its own otherwise. */
export function toolList(
  declarations: readonly JsonObject[],
  hosted: readonly HostedTool[],
): readonly JsonObject[] | undefined {
  const builtIn = hosted.map((tool): JsonObject => ({ [names[tool]]: {} }));
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

/** Whether a request may become one with functions and built-in tools, told before it is translated. */
export function mayMixTools(request: ChatRequest, model: string): boolean {
  const { named, family } = knownModel(model);
  if (family.mixesTools !== true) return false;
  if (list(request.extensions?.google?.tools).length > 0) return true;
  const hosted = named.webSearch || list(request.hostedTools).length > 0;
  return hosted && list(request.tools).length > 0;
}
