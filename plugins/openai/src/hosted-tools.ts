import { type HostedTool, type Fields, jsonText } from "@agproxy/core";
import { isUsualSetting, searches } from "@agproxy/plugin-openai-wire";
import { asks } from "./ignored-fields.ts";

/** What a hosted tool is told beside its type, such as where the user is: no upstream has a word for it. */
export function untold(tool: Fields): readonly string[] {
  return Object.keys(tool.values)
    .filter((key) => key !== "type" && asks(tool.get(key)))
    .filter((key) => !isUsualSetting(key, jsonText(tool.get(key), tool.path(key))))
    .map((key) => tool.path(key));
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
