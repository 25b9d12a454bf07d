import type { ToolChoice } from "agproxy";
import { Fields } from "./fields.ts";

/** What `tool_choice`, or the older `function_call`, asks for. */
export function toolChoice(fields: Fields): ToolChoice | undefined {
  const key = fields.get("tool_choice") === undefined ? "function_call" : "tool_choice";
  const value = fields.get(key);
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string") return mode(fields, key, value);
  const choice = Fields.of(value, fields.path(key));
  const type = choice.string("type");
  if (type === "allowed_tools") return allowed(choice.nested("allowed_tools"));
  if (
    type === undefined &&
    choice.get("name") === undefined &&
    choice.get("function") === undefined
  ) {
    return undefined;
  }
  if (type === undefined || type === "function" || type === "custom") {
    return { mode: "required", names: [toolName(choice)] };
  }
  return mode(choice, "type", type);
}

function mode(fields: Fields, key: string, word: string): ToolChoice {
  if (word === "auto" || word === "none" || word === "required") return { mode: word };
  // Other vendors' word for `required`, which clients carry over.
  if (word === "any") return { mode: "required" };
  throw fields.wrong(key, "auto, none, required, or an object that names a function");
}

function toolName(choice: Fields): string {
  return choice.nested(choice.get("type") === "custom" ? "custom" : "function").name("name");
}

function allowed(choice: Fields): ToolChoice {
  const names = (choice.list("tools") ?? []).map((tool, index) =>
    toolName(Fields.of(tool, choice.path(`tools[${index}]`))),
  );
  const required = choice.string("mode") === "required";
  const base = { mode: required ? "required" : "auto" } as const;
  return names.length === 0 ? base : { ...base, names };
}
