import { defined, type Fields, type HostedTool, type Tool, type ToolChoice } from "@agproxy/core";
import { type Ignored, ignoredSettings } from "@agproxy/plugin-openai-wire";
import { clientTool } from "./client-tools.ts";

/** The tools of a request, by who runs them. */
export interface Toolbox {
  readonly tools: readonly Tool[];
  readonly hosted: readonly HostedTool[];
}

/** Tools that run at the vendor, by their type without the version. */
const hostedTools: ReadonlyMap<string, HostedTool> = new Map([
  ["web_search", "web-search"],
  ["web_fetch", "url-context"],
  ["code_execution", "code-execution"],
]);

/** A type such as `web_search_20250305`. */
const versioned = /^([a-z_]+?)_(\d{8})$/;

/**
 * Reads the tools. Those that are to be found by a search only (`defer_loading`) are offered from the start, so the search
 * tools of the vendor's side have nothing to do.
 * Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
 */
export function readTools(body: Fields, ignored: Ignored): Toolbox {
  const tools: Tool[] = [];
  const hosted = new Set<HostedTool>();
  for (const tool of body.objects("tools")) {
    const type = tool.string("type") ?? "custom";
    if (type === "custom") {
      tools.push(customTool(tool, ignored));
      continue;
    }
    const [, kind = type, version = ""] = versioned.exec(type) ?? [];
    const own = hostedTools.get(kind);
    const client = own === undefined ? clientTool(kind, version, tool) : undefined;
    if (client !== undefined) tools.push(client);
    else if (own !== undefined) addHosted(tool, kind, own);
    else if (!kind.startsWith("tool_search_tool")) ignored.add(`tools.${kind}`);
  }
  return { tools, hosted: [...hosted] };

  function addHosted(tool: Fields, kind: string, own: HostedTool): void {
    hosted.add(own);
    for (const setting of ignoredSettings(tool, `tools.${kind}`)) {
      if (!/\.(?:name|cache_control|defer_loading|strict)$/.test(setting)) ignored.add(setting);
    }
  }
}

function customTool(tool: Fields, ignored: Ignored): Tool {
  const callers = tool.list("allowed_callers") ?? ["direct"];
  if (!callers.includes("direct")) ignored.add("tools.allowed_callers");
  return {
    name: tool.name("name"),
    ...defined({
      description: description(tool),
      parameters: tool.object("input_schema")?.values,
      strict: tool.boolean("strict"),
    }),
  };
}

/** No upstream has a field for examples, so the model reads them behind the description. */
function description(tool: Fields): string | undefined {
  const examples = tool.objects("input_examples").map((example) => example.json());
  const text = tool.string("description");
  if (examples.length === 0) return text;
  return [text ?? "", `Examples of input:\n${examples.join("\n")}`].join("\n\n").trim();
}

interface ReadChoice {
  readonly choice?: ToolChoice;
  readonly parallel?: false;
}

/** What `tool_choice` asks for. A tool that runs at the vendor cannot be forced. */
export function readToolChoice(body: Fields, { tools }: Toolbox, ignored: Ignored): ReadChoice {
  const choice = body.object("tool_choice");
  if (choice === undefined) return {};
  const one =
    choice.boolean("disable_parallel_tool_use") === true ? { parallel: false as const } : {};
  const type = choice.string("type");
  switch (type) {
    case "auto":
    case "none":
      return { choice: { mode: type }, ...one };
    case "any":
      return { choice: { mode: "required" }, ...one };
    case "tool": {
      const name = choice.name("name");
      if (tools.some((tool) => tool.name === name)) {
        return { choice: { mode: "required", names: [name] }, ...one };
      }
      break;
    }
    default:
  }
  ignored.add("tool_choice");
  return one;
}
