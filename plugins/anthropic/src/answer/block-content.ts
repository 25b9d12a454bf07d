import { type ChatEvent, type Citation, isObject } from "@agproxy/core";
import type { Block } from "./block-sink.ts";

/** A call's arguments as the JSON text of an object, which this API insists on. Anything else goes into a field of its own. */
export function callInput(text: string): string {
  try {
    if (isObject(JSON.parse(text))) return text;
  } catch {
    // What a model wrote may be no JSON at all.
  }
  return text.trim() === "" ? "{}" : JSON.stringify({ _raw: text });
}

/** A medium that a model made. Messages have no block for one, so it is a link in the text, which is read back as a medium. */
export function mediumLink({
  media,
  mimeType,
  data,
}: Extract<ChatEvent, { type: "media" }>): string {
  const link = `[${media}](data:${mimeType};base64,${data})`;
  return media === "image" ? `!${link}` : link;
}

/** Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/code-execution-tool#response-format */
export function codeResult(
  id: string,
  { outcome, output }: Extract<ChatEvent, { type: "code-result" }>,
): Block {
  const type = "code_execution_tool_result";
  if (outcome === "timeout") {
    const content = {
      type: "code_execution_tool_result_error",
      error_code: "execution_time_exceeded",
    };
    return { type, tool_use_id: id, content };
  }
  const isGood = outcome === "ok";
  const content = {
    type: "code_execution_result",
    stdout: isGood ? output : "",
    stderr: isGood ? "" : output,
    return_code: isGood ? 0 : 1,
    content: [],
  };
  return { type, tool_use_id: id, content };
}

/** Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool#response */
export function searchResults(id: string, citations: readonly Citation[]): Block {
  const found = new Map(citations.map((citation) => [citation.url, citation]));
  const content = [...found.values()].map(({ url, title }) => ({
    type: "web_search_result",
    url,
    title: title ?? url,
    encrypted_content: "",
    page_age: null,
  }));
  return {
    type: "web_search_tool_result",
    tool_use_id: id,
    content,
    caller: { type: "direct" },
  };
}

/** `cited_text` would be the source's own words, which no upstream tells. */
export function webCitation({ url, title }: Citation) {
  return {
    type: "web_search_result_location",
    url,
    title: title ?? null,
    encrypted_index: "",
    cited_text: "",
  };
}
