import { defined, type HostedTool, type Tool, Fields, type ToolChoice } from "@agproxy/core";
import {
  choiceMode,
  customDescription,
  customParameters,
  hostedTool,
  toolType,
  ignoredSettings,
  type Ignored,
} from "@agproxy/plugin-openai-wire";
import { clientTool, isClientTool } from "../client-tools.ts";
import type { ToolNames } from "../tool-names.ts";

/** What reading a tool adds to. */
export interface ToolReading {
  readonly names: ToolNames;
  readonly ignored: Ignored;
  /** The tools that run at the vendor. */
  readonly hosted: Set<HostedTool>;
}

/**
 * The tools that the client runs, under the names that go upstream. Those that run at the vendor are added to `hosted`,
 * or to `ignored` where no vendor has them.
 */
export function readTools(list: readonly Fields[], reading: ToolReading): Tool[] {
  return list.flatMap((tool) => {
    if (tool.get("type") === "namespace") return namespaceTools(tool, reading);
    return oneTool(tool, undefined, reading);
  });
}

/** The namespace's description goes into that of its first tool: vendors have no namespaces. */
function namespaceTools(group: Fields, reading: ToolReading): Tool[] {
  const namespace = group.name("name");
  const description = group.string("description");
  const tools = group.objects("tools").flatMap((tool) => oneTool(tool, namespace, reading));
  return tools.map((tool, index) =>
    index === 0 && description !== undefined
      ? { ...tool, description: [description, tool.description ?? ""].join("\n\n").trim() }
      : tool,
  );
}

function oneTool(tool: Fields, namespace: string | undefined, reading: ToolReading): Tool[] {
  const { names } = reading;
  const kind = toolType(tool) ?? "function";
  if (isClientTool(kind) && runsAtClient(tool)) {
    const name = names.declare({ kind, name: kind });
    return name === undefined ? [] : [{ ...clientTool(kind, declaration(tool)), name }];
  }
  if (kind !== "function" && kind !== "custom") {
    vendorTool(tool, kind, reading);
    return [];
  }
  const declared = tool.peek("function") ?? tool;
  const own = declared.name("name");
  const name = names.declare({ kind, name: own, ...defined({ namespace }) });
  if (name === undefined) return [];
  return [kind === "custom" ? customTool(declared, name) : functionTool(declared, name)];
}

function vendorTool(tool: Fields, kind: string, { hosted, ignored }: ToolReading): void {
  const known = hostedTool(kind);
  if (known !== undefined) {
    hosted.add(known);
    for (const name of ignoredSettings(tool, `tools.${kind}`)) ignored.add(name);
    return;
  }
  // At OpenAI it finds tools that are not offered yet; here all tools are offered from the start.
  if (kind !== "tool_search") ignored.add(`tools.${kind}`);
}

/** Some of these tools can run at OpenAI instead; the client does not answer their calls. */
function runsAtClient(tool: Fields): boolean {
  if (tool.get("type") === "tool_search") return tool.get("execution") === "client";
  const environment = tool.peek("environment")?.get("type");
  return environment === undefined || environment === "local";
}

function functionTool(tool: Fields, name: string): Tool {
  return { name, ...declaration(tool) };
}

function declaration(tool: Fields): Omit<Tool, "name"> {
  return defined({
    description: tool.string("description"),
    parameters: tool.object("parameters")?.values,
    strict: tool.boolean("strict"),
  });
}

function customTool(tool: Fields, name: string): Tool {
  const description = customDescription(tool);
  return { name, ...defined({ description }), parameters: customParameters };
}

/**
 * Which tools may or must be called. A model cannot be made to use a tool that runs at the vendor: that is ignored.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `tool_choice`
 */
export function readToolChoice(
  body: Fields,
  names: ToolNames,
  ignored: Ignored,
): ToolChoice | undefined {
  const value = body.get("tool_choice");
  if (value === undefined) return undefined;
  if (typeof value === "string") {
    const mode = choiceMode(value);
    if (mode !== undefined) return { mode };
    throw body.wrong("tool_choice", "auto, none, required or an object");
  }
  const choice = Fields.of(value, "tool_choice");
  const type = choice.string("type");
  const name = clientToolName(choice, names);
  if (name !== undefined) return { mode: "required", names: [name] };
  if (type === undefined) return undefined;
  const mode = choiceMode(type);
  const read = type === "allowed_tools" ? allowedTools(choice, names) : mode && { mode };
  if (read === undefined) ignored.add(`tool_choice.${type}`);
  return read;
}

/** The name of a tool that the client runs; undefined for any other. Some clients leave the type out. */
function clientToolName(choice: Fields, names: ToolNames): string | undefined {
  const type = choice.string("type");
  if (type !== undefined && isClientTool(type)) return names.nameOf(undefined, type);
  const tool = choice.peek("function") ?? choice;
  const isNamed = tool.get("name") !== undefined;
  const isFunction = type === "function" || type === "custom" || (type === undefined && isNamed);
  return isFunction ? names.nameOf(tool.string("namespace"), tool.name("name")) : undefined;
}

/** Where only tools of the vendor's side are allowed, the client's own are not. Undefined where none is listed. */
function allowedTools(choice: Fields, names: ToolNames): ToolChoice | undefined {
  const tools = choice.objects("tools");
  const allowed = tools.flatMap((tool) => clientToolName(tool, names) ?? []);
  if (tools.length === 0) return undefined;
  if (allowed.length === 0) return { mode: "none" };
  return { mode: choice.get("mode") === "required" ? "required" : "auto", names: allowed };
}

/** The hosted tools that `tool_choice` allows. */
export function allowedHosted(
  hosted: ReadonlySet<HostedTool>,
  body: Fields,
): readonly HostedTool[] | undefined {
  const left = [...hosted].filter(allowedBy(body));
  return left.length === 0 ? undefined : left;
}

function allowedBy(body: Fields): (tool: HostedTool) => boolean {
  const choice = body.peek("tool_choice");
  if (choice === undefined) return () => body.get("tool_choice") !== "none";
  if (choice.get("type") !== "allowed_tools") return () => true;
  const listed = choice.objects("tools").map((tool) => hostedTool(tool.string("type") ?? ""));
  const allowed = new Set(listed);
  return (tool) => allowed.has(tool);
}
