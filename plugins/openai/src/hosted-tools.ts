import { type HostedTool, Fields } from "@agproxy/core";
import { asks } from "./ignored-fields.ts";

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

/**
 * The type of a tool. Some clients give none and name the vendor's tool by its only key, in its own case:
 * `{ googleSearch: {} }`.
 */
export function toolType(tool: Fields): string | undefined {
  const type = tool.string("type");
  if (type !== undefined && type !== "") return type;
  const [key, ...more] = Object.keys(tool.values).filter((name) => name !== "type");
  if (key === undefined) return undefined;
  const isFunction = tool.get("function") !== undefined || tool.get("name") !== undefined;
  if (isFunction || more.length > 0) return "function";
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What a hosted tool is told beside its type, such as where the user is: no upstream has a word for it. */
export function untold(tool: Fields): readonly string[] {
  return Object.keys(tool.values)
    .filter((key) => key !== "type" && asks(tool.get(key)))
    .map((key) => tool.path(key));
}

/** Models that search the web whenever they are asked. Source: https://platform.openai.com/docs/guides/tools-web-search */
const searching = /-(?:search-preview|search-api)(?:-\d{4}-\d{2}-\d{2})?$|-online$/i;

/** Whether a model has web search without being told to. */
export function searches(model: string): boolean {
  return searching.test(model);
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
