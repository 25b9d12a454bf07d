import { type ToolChoice, Fields } from "@agproxy/core";
import { choiceMode } from "@agproxy/plugin-openai-wire";

interface ReadToolChoice {
  readonly choice?: ToolChoice;
  /** The path of a choice that no upstream can honour. */
  readonly ignored: readonly string[];
}

const none: ReadToolChoice = { ignored: [] };

/** What `tool_choice`, or the older `function_call`, asks for. A tool that is no function cannot be forced. */
export function toolChoice(fields: Fields): ReadToolChoice {
  const key = fields.get("tool_choice") === undefined ? "function_call" : "tool_choice";
  const value = fields.get(key);
  if (value === undefined || value === "") return none;
  if (typeof value === "string") {
    const mode = choiceMode(value);
    if (mode !== undefined) return { choice: { mode }, ignored: [] };
    throw fields.wrong(key, "auto, none, required, or an object that names a function");
  }
  const object = Fields.of(value, fields.path(key));
  const choice = fromObject(object);
  if (choice !== undefined) return { choice, ignored: [] };
  return object.string("type") === undefined ? none : { ignored: [fields.path(key)] };
}

function fromObject(choice: Fields): ToolChoice | undefined {
  const type = choice.string("type") ?? "";
  if (type === "allowed_tools") return allowed(choice.nested("allowed_tools"));
  if (isFunction(choice)) return { mode: "required", names: [toolName(choice)] };
  const mode = choiceMode(type);
  return mode === undefined ? undefined : { mode };
}

/** Whether a tool is one that the client runs. Some clients leave the type out. */
function isFunction(tool: Fields): boolean {
  const type = tool.string("type");
  if (type === "function" || type === "custom") return true;
  const isNamed = tool.get("name") !== undefined || tool.get("function") !== undefined;
  return type === undefined && isNamed;
}

function toolName(choice: Fields): string {
  return choice.nested(choice.get("type") === "custom" ? "custom" : "function").name("name");
}

function allowed(choice: Fields): ToolChoice {
  const tools = (choice.list("tools") ?? []).map((tool, index) =>
    Fields.of(tool, choice.path(`tools[${index}]`)),
  );
  const names = tools.filter(isFunction).map(toolName);
  if (names.length > 0) {
    return { mode: choice.string("mode") === "required" ? "required" : "auto", names };
  }
  // Only tools of the vendor's side are allowed: the client's own are not.
  if (tools.length > 0) return { mode: "none" };
  return { mode: choice.string("mode") === "required" ? "required" : "auto" };
}
