import {
  type ChatRequest,
  defined,
  type JsonObject,
  type Tool,
  type ToolChoice,
} from "@agproxy/core";
import type { ServerKind } from "../servers.ts";

/** The fields of a request about tools. */
export interface ToolFields {
  readonly fields: JsonObject;
  /** What the server cannot honour. */
  readonly ignored: readonly string[];
}

/**
 * `tools`, `tool_choice` and what switches on the server's own tools.
 * Source: https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
 */
export function toolFields(request: ChatRequest, server: ServerKind): ToolFields {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  const names = chosenNames(toolChoice);
  const isOffered = ({ name }: Tool) => server.allowedTools || names?.has(name) !== false;
  const offered = tools.filter(isOffered).map(wireTool);
  const hosted = hostedFields(request, server);
  const all = [...offered, ...hosted.tools];
  const fields = {
    ...hosted.fields,
    ...defined({
      tools: all.length > 0 ? all : undefined,
      tool_choice: offered.length > 0 ? wireChoice(toolChoice, server) : undefined,
      parallel_tool_calls: offered.length > 0 ? parallelToolCalls : undefined,
    }),
  };
  return { fields, ignored: hosted.ignored };
}

function wireTool({ name, description, parameters, strict }: Tool): JsonObject {
  return { type: "function", function: defined({ name, description, parameters, strict }) };
}

function chosenNames(choice: ToolChoice | undefined): ReadonlySet<string> | undefined {
  return choice !== undefined && "names" in choice && choice.names !== undefined
    ? new Set(choice.names)
    : undefined;
}

function wireChoice(choice: ToolChoice | undefined, server: ServerKind): unknown {
  if (choice === undefined) return undefined;
  const names = [...(chosenNames(choice) ?? [])];
  // Only the chosen ones are sent to the others, so that the mode says it all.
  if (names.length === 0 || !server.allowedTools) return choice.mode;
  const chosen = names.map((name) => ({ type: "function", function: { name } }));
  if (choice.mode === "required" && chosen.length === 1) return chosen[0];
  return { type: "allowed_tools", allowed_tools: { mode: choice.mode, tools: chosen } };
}

interface HostedFields {
  readonly fields: JsonObject;
  readonly tools: readonly JsonObject[];
  readonly ignored: readonly string[];
}

function hostedFields({ hostedTools = [] }: ChatRequest, server: ServerKind): HostedFields {
  const fields: Record<string, unknown> = {};
  const tools: JsonObject[] = [];
  const ignored: string[] = [];
  for (const tool of new Set(hostedTools)) {
    const hosted = server.hosted[tool];
    if (hosted === undefined) ignored.push(tool.replace("-", "_"));
    else if (hosted.field === "tools") tools.push(hosted.value);
    else fields[hosted.field] = hosted.field === "plugins" ? [hosted.value] : hosted.value;
  }
  return { fields, tools, ignored };
}
