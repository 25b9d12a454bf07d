import { type HostedTool, type Fields, jsonText } from "@agproxy/core";
import { hostedTool, isUsualSetting } from "@agproxy/plugin-openai-wire";
import type { Ignored } from "./ignored.ts";

/** Names what a hosted tool is told beside its type, such as where the user is: no upstream has a word for it. */
export function nameUntold(tool: Fields, type: string, ignored: Ignored): void {
  for (const [key, value] of Object.entries(tool.values)) {
    if (key === "type") continue;
    const said = jsonText(value, tool.path(key));
    if (!isUsualSetting(key, said)) {
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
