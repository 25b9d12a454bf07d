import { defined, type HostedTool, type Tool, Fields } from "@agproxy/core";
import {
  customDescription,
  customParameters,
  hostedTool,
  toolType,
  ignoredSettings,
  searches,
} from "@agproxy/plugin-openai-wire";

export interface Toolbox {
  readonly tools: readonly Tool[];
  /** Names of those that take free text. */
  readonly custom: ReadonlySet<string>;
  /** Whether the client speaks the API of before tools and wants `function_call` answers. */
  readonly legacy: boolean;
  /** Those that run on the vendor's side. */
  readonly hosted: readonly HostedTool[];
  /** Paths of tools, and of what tools are told, that no upstream can honour. */
  readonly ignored: readonly string[];
}

/** The tools a client offers, from `tools` and from the older `functions`. */
export function toolbox(fields: Fields): Toolbox {
  const tools: Tool[] = [];
  const custom = new Set<string>();
  const hosted: HostedTool[] = [];
  const ignored: string[] = [];
  for (const [index, value] of (fields.list("tools") ?? []).entries()) {
    if (value === null) continue;
    const at = `tools[${index}]`;
    const tool = Fields.of(value, at);
    const type = toolType(tool);
    const own = type === undefined ? undefined : hostedTool(type);
    if (type === "function") tools.push(functionTool(tool.nested("function")));
    else if (type === "custom") {
      const free = customTool(tool.nested("custom"));
      custom.add(free.name);
      tools.push(free);
    } else if (own !== undefined) {
      hosted.push(own);
      for (const name of ignoredSettings(tool, `tools.${type}`)) ignored.push(name);
    } else ignored.push(type === undefined ? at : `tools.${type}`);
  }
  const functions = (fields.list("functions") ?? []).map((value, index) =>
    functionTool(Fields.of(value, `functions[${index}]`)),
  );
  const legacy = functions.length > 0 && tools.length === 0;
  return { tools: [...tools, ...functions], custom, legacy, hosted, ignored };
}

function functionTool(fields: Fields): Tool {
  return {
    name: fields.name("name"),
    ...defined({
      description: fields.string("description"),
      parameters: fields.object("parameters")?.values,
      strict: fields.boolean("strict"),
    }),
  };
}

function customTool(fields: Fields): Tool {
  const name = fields.name("name");
  const description = customDescription(fields);
  return { name, ...defined({ description }), parameters: customParameters };
}

/** The hosted tools of a request: the listed ones, and web search where another field or the model asks for it. */
export function hostedTools(
  listed: readonly HostedTool[],
  model: string,
  searchOptions: Fields | undefined,
): readonly HostedTool[] | undefined {
  const search = searchOptions !== undefined || searches(model);
  const all = new Set<HostedTool>(search ? [...listed, "web-search"] : listed);
  return all.size === 0 ? undefined : [...all];
}
