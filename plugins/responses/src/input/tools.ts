import { defined, type HostedTool, type Tool, type Fields } from "@agproxy/core";
import {
  customDescription,
  customParameters,
  hostedTool,
  toolType,
} from "@agproxy/plugin-openai-wire";
import { clientTool, isClientTool } from "../client-tools.ts";
import type { ToolNames } from "../tool-names.ts";
import { nameUntold } from "./hosted-tools.ts";
import type { Ignored } from "./ignored.ts";

/** What reading the tools of a request adds to. */
export interface ToolReading {
  readonly names: ToolNames;
  readonly ignored: Ignored;
  /** The tools that run on the vendor's side. */
  readonly hosted: Set<HostedTool>;
}

/**
 * The tools that a client offers and runs, under the names that go upstream. Those that run on the vendor's
 * side are added to `hosted`, and named in `ignored` where no vendor has them.
 */
export function readTools(list: readonly Fields[], reading: ToolReading): Tool[] {
  return list.flatMap((tool) => {
    if (tool.get("type") === "namespace") return namespaceTools(tool, reading);
    return oneTool(tool, undefined, reading);
  });
}

/** The group's own description goes with its first tool: the model reads it once. */
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
    return name === undefined ? [] : [{ ...clientTool(kind, said(tool)), name }];
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
    nameUntold(tool, kind, ignored);
    return;
  }
  // A search on the vendor's side finds tools that are deferred; here all are offered from the start.
  if (kind !== "tool_search") ignored.add(`tools.${kind}`);
}

/** Some of these tools can run on the vendor's side too; then they are nothing a client answers. */
function runsAtClient(tool: Fields): boolean {
  if (tool.get("type") === "tool_search") return tool.get("execution") === "client";
  const environment = tool.peek("environment")?.get("type");
  return environment === undefined || environment === "local";
}

function functionTool(tool: Fields, name: string): Tool {
  return { name, ...said(tool) };
}

function said(tool: Fields): Omit<Tool, "name"> {
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
