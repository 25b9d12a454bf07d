import type { JsonObject, MediaPart, ToolCallPart, ToolResultPart } from "@agproxy/core";
import { mediaPart } from "../media/media-part.ts";
import { fields, parsedJson } from "../shape.ts";
import type { ToolNames } from "./tool-names.ts";
import type { GeminiPart } from "../wire.ts";

/** One response for each call of a step, in the order of the calls: Gemini counts them. */
export function functionResponses(
  calls: readonly ToolCallPart[],
  results: ReadonlyMap<string, ToolResultPart>,
  names: ToolNames,
): readonly GeminiPart[] {
  return calls.map((call) => ({
    functionResponse: {
      id: call.id,
      name: names.legal(call.name),
      response: response(results.get(call.id)),
    },
  }));
}

/** The response of one call, where it stands in the conversation. */
export function directResponse(result: ToolResultPart, name: string): GeminiPart {
  return { functionResponse: { id: result.callId, name, response: response(result) } };
}

/** The media of the results, in a content of their own: a function response holds JSON only. */
export function resultMedia(
  calls: readonly ToolCallPart[],
  results: ReadonlyMap<string, ToolResultPart>,
): readonly GeminiPart[] {
  return calls.flatMap((call) => {
    const media = mediaOf(results.get(call.id));
    if (media.length === 0) return [];
    return [{ text: `Media returned by ${call.name}:` }, ...media.map(mediaPart)];
  });
}

/** A result that belongs to no call, as marked text, so that it is not lost. */
export function orphanedResult(result: ToolResultPart): readonly GeminiPart[] {
  const text = `<tool_result call_id="${result.callId}">\n${textOf(result)}\n</tool_result>`;
  return [{ text }, ...mediaOf(result).map(mediaPart)];
}

function response(result: ToolResultPart | undefined): JsonObject {
  if (result === undefined) return { error: "The tool returned no result." };
  const text = textOf(result);
  const object = faithfulObject(text);
  if (result.isError === true) return { error: object ?? text };
  const media = mediaOf(result).length;
  if (text === "" && media > 0) return { result: `${media} media part(s) follow.` };
  return object ?? { result: text };
}

/** The text as an object; undefined where parsing would round a number with too many digits. */
function faithfulObject(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith("{") || /\d{16,}/.test(text)) return undefined;
  return fields(parsedJson(text));
}

function textOf(result: ToolResultPart): string {
  return result.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function mediaOf(result: ToolResultPart | undefined): readonly MediaPart[] {
  return result?.content.filter((part) => part.type === "media") ?? [];
}
