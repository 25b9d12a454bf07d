import { type HostedTool, type Fields, jsonText } from "@agproxy/core";

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

/** Settings, as JSON, that ask for what happens anyway. */
const usual: ReadonlyMap<string, string> = new Map([
  ["container", '{"type":"auto"}'],
  ["external_web_access", "true"],
  ["search_content_types", '["text"]'],
  ["search_context_size", '"medium"'],
]);

/**
 * The settings of a hosted tool that ask for something, such as the user's location. No upstream has a field for
 * them, so they are named as ignored, each behind `name`.
 */
export function ignoredSettings(tool: Fields, name: string): readonly string[] {
  return Object.keys(tool.values)
    .filter(
      (key) => key !== "type" && asksFor(key, jsonText(tool.get(key) ?? null, tool.path(key))),
    )
    .map((key) => `${name}.${key}`);
}

function asksFor(key: string, json: string): boolean {
  return !/^(?:null|""|\{\}|\[\])$/.test(json) && json !== usual.get(key);
}

/** Models that search the web whenever they are asked. Source: https://platform.openai.com/docs/guides/tools-web-search */
const searching = /-(?:search-preview|search-api)(?:-\d{4}-\d{2}-\d{2})?$|-online$/i;

/** Whether a model has web search without being told to. */
export function searches(model: string): boolean {
  return searching.test(model);
}
