import { type HostedTool, type Fields, jsonText } from "@agproxy/core";
import type { Ignored } from "./ignored.ts";

/** Tools that run on the vendor's side, by the type that clients write, here without its version. */
const types: ReadonlyMap<string, HostedTool> = new Map([
  ["web_search", "web-search"],
  ["google_search", "web-search"],
  ["code_interpreter", "code-execution"],
  ["code_execution", "code-execution"],
  ["url_context", "url-context"],
]);

/** The tool that a type such as `web_search_preview_2025_03_11` means. */
export function hostedTool(type: string): HostedTool | undefined {
  return types.get(type.replace(/_preview(?=$|_)|_\d{4}_\d{2}_\d{2}$/g, ""));
}

/** Settings, as JSON, that ask for what happens anyway. */
const usual: ReadonlyMap<string, string> = new Map([
  ["container", '{"type":"auto"}'],
  ["external_web_access", "true"],
  ["search_content_types", '["text"]'],
  ["search_context_size", '"medium"'],
]);

/** Names what a hosted tool is told beside its type, such as where the user is: no upstream has a word for it. */
export function nameUntold(tool: Fields, type: string, ignored: Ignored): void {
  for (const [key, value] of Object.entries(tool.values)) {
    if (key === "type") continue;
    const said = jsonText(value, tool.path(key));
    if (!/^(?:null|""|\{\}|\[\])$/.test(said) && said !== usual.get(key)) {
      ignored.add(`tools.${type}.${key}`);
    }
  }
}

/** Those of the hosted tools that `tool_choice` leaves to the model. */
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
