import type { Tool } from "agproxy";
import { clientTool, isClientTool } from "../client-tools.ts";
import { customDescription, customParameters } from "../custom-tool.ts";
import { defined } from "../defined.ts";
import type { ToolNames } from "../tool-names.ts";
import type { Fields } from "./fields.ts";
import type { Ignored } from "./ignored.ts";

/**
 * The tools a client offers, under the names that go upstream. Tools that run on the vendor's side are
 * named in `ignored`.
 */
export function readTools(list: readonly Fields[], names: ToolNames, ignored: Ignored): Tool[] {
  return list.flatMap((tool) => {
    if (tool.get("type") === "namespace") return namespaceTools(tool, names, ignored);
    return oneTool(tool, undefined, names, ignored);
  });
}

/** The group's own description goes with its first tool: the model reads it once. */
function namespaceTools(group: Fields, names: ToolNames, ignored: Ignored): Tool[] {
  const namespace = group.name("name");
  const description = group.string("description");
  const tools = group.objects("tools").flatMap((tool) => oneTool(tool, namespace, names, ignored));
  return tools.map((tool, index) =>
    index === 0 && description !== undefined
      ? { ...tool, description: [description, tool.description ?? ""].join("\n\n").trim() }
      : tool,
  );
}

function oneTool(
  tool: Fields,
  namespace: string | undefined,
  names: ToolNames,
  ignored: Ignored,
): Tool[] {
  const kind = tool.string("type") ?? "function";
  if (isClientTool(kind) && runsAtClient(tool)) {
    const name = names.declare({ kind, name: kind });
    return name === undefined ? [] : [{ ...clientTool(kind, said(tool)), name }];
  }
  if (kind !== "function" && kind !== "custom") {
    // A search on the vendor's side finds tools that are deferred; here all are offered from the start.
    if (kind !== "tool_search") ignored.add(`tools.${kind}`);
    return [];
  }
  const declared = tool.peek("function") ?? tool;
  const own = declared.name("name");
  const name = names.declare({ kind, name: own, ...defined({ namespace }) });
  if (name === undefined) return [];
  return [kind === "custom" ? customTool(declared, name) : functionTool(declared, name)];
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
