import { type ToolChoice, Fields } from "@agproxy/core";
import { isClientTool } from "../client-tools.ts";
import type { ToolNames } from "../tool-names.ts";
import type { Ignored } from "./ignored.ts";

/**
 * Which tools may or must be called. A choice of a tool that runs on the vendor's side is named in `ignored`.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `tool_choice`
 */
export function readToolChoice(
  body: Fields,
  names: ToolNames,
  ignored: Ignored,
): ToolChoice | undefined {
  const value = body.get("tool_choice");
  if (value === undefined) return undefined;
  if (value === "auto" || value === "none" || value === "required") return { mode: value };
  if (typeof value === "string")
    throw body.wrong("tool_choice", "auto, none, required or an object");
  const choice = Fields.of(value, "tool_choice");
  const type = choice.string("type");
  if (type === "function" || type === "custom") {
    return { mode: "required", names: [chosenName(choice, names)] };
  }
  if (type !== undefined && isClientTool(type)) {
    return { mode: "required", names: [names.nameOf(undefined, type)] };
  }
  const allowed = type === "allowed_tools" ? allowedTools(choice, names) : undefined;
  if (allowed === undefined && type !== undefined) ignored.add(`tool_choice.${type}`);
  return allowed;
}

function chosenName(choice: Fields, names: ToolNames): string {
  const tool = choice.peek("function") ?? choice;
  return names.nameOf(tool.string("namespace"), tool.name("name"));
}

/** Nothing where none of the allowed tools is one that a model can be limited to. */
function allowedTools(choice: Fields, names: ToolNames): ToolChoice | undefined {
  const allowed = choice
    .objects("tools")
    .filter((tool) => tool.get("name") !== undefined)
    .map((tool) => chosenName(tool, names));
  if (allowed.length === 0) return undefined;
  return { mode: choice.get("mode") === "required" ? "required" : "auto", names: allowed };
}
