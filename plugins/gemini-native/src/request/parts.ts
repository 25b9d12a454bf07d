import {
  camelKeys,
  type CodeResultPart,
  defined,
  Fields,
  fromUrl,
  isObject,
  jsonText,
  mediaKindOf,
  type MediaPart,
  type Part,
  type TextPart,
  type ToolResultPart,
} from "@agproxy/core";
import { camelObject } from "./camel-object.ts";
import { readSignature } from "../signature-field.ts";
import type { CallIds } from "./call-ids.ts";

/**
 * A part of a content. One that the vocabulary has no word for becomes an empty text that carries it.
 * Source: https://ai.google.dev/api/caching#Part
 */
export function readPart(value: unknown, at: string, ids: CallIds): Part {
  const fields = Fields.of(camelKeys(Fields.of(value, at).values), at);
  const part = partOf(fields, ids);
  const signature = readSignature(fields.string("thoughtSignature"));
  return signature === undefined ? part : { ...part, signature };
}

function partOf(fields: Fields, ids: CallIds): Part {
  const text = fields.string("text");
  if (text !== undefined) {
    return { type: fields.boolean("thought") === true ? "reasoning" : "text", text };
  }
  const medium = mediumOf(fields);
  if (medium !== undefined) return { ...medium, ...mediaExtensions(fields) };
  const call = camelObject(fields, "functionCall");
  if (call !== undefined) {
    const name = call.name("name");
    const id = ids.called(name, call.string("id"));
    const args = call.get("args") ?? {};
    return { type: "tool-call", id, name, arguments: jsonText(args, call.path("args")) };
  }
  const response = camelObject(fields, "functionResponse");
  if (response !== undefined) return resultOf(response, ids);
  return codeOf(fields) ?? unknownPart(fields);
}

function mediumOf(fields: Fields): MediaPart | undefined {
  const inline = camelObject(fields, "inlineData");
  if (inline !== undefined) {
    const mimeType = inline.string("mimeType");
    const data = inline.string("data") ?? "";
    const filename = inline.string("displayName");
    return {
      type: "media",
      media: mediaKindOf(mimeType ?? ""),
      source: { kind: "data", data },
      ...defined({ mimeType, filename }),
    };
  }
  const file = camelObject(fields, "fileData");
  if (file === undefined) return undefined;
  const uri = file.name("fileUri");
  const mimeType = file.string("mimeType");
  const located = uri.includes("://")
    ? fromUrl(uri, file.path("fileUri"))
    : { source: { kind: "file", id: uri } as const };
  return {
    type: "media",
    media: mediaKindOf(mimeType ?? ""),
    source: located.source,
    ...defined({ mimeType, filename: file.string("displayName") }),
  };
}

/** How a medium is looked at, which only this vendor knows. */
function mediaExtensions(fields: Fields): Pick<MediaPart, "extensions"> {
  const google = defined({
    video_metadata: fields.get("videoMetadata"),
    media_resolution: fields.get("mediaResolution"),
  });
  return Object.keys(google).length === 0 ? {} : { extensions: { google } };
}

/** Source: https://ai.google.dev/api/caching#FunctionResponse */
function resultOf(response: Fields, ids: CallIds): ToolResultPart {
  const name = response.name("name");
  const callId = ids.answered(name, response.string("id"));
  const said = response.get("response") ?? {};
  const { text, isError } = resultText(said, response.path("response"));
  const media = response.objects("parts").flatMap(({ values, at }): readonly MediaPart[] => {
    const medium = mediumOf(Fields.of(camelKeys(values), at));
    return medium === undefined ? [] : [medium];
  });
  const content: readonly (TextPart | MediaPart)[] = [{ type: "text", text }, ...media];
  return { type: "tool-result", callId, name, content, ...(isError ? { isError } : {}) };
}

/** What a function returned as text: the one field that says it, by the names that the API recommends, or all as JSON. */
function resultText(
  said: unknown,
  at: string,
): { readonly text: string; readonly isError: boolean } {
  const entries = isObject(said) ? Object.entries(said) : [];
  const [[name, value] = []] = entries;
  const isError = entries.length === 1 && name === "error";
  const isPlain = entries.length === 1 && (isError || name === "output" || name === "result");
  if (isPlain && typeof value === "string") return { text: value, isError };
  return { text: jsonText(isError ? value : said, at), isError };
}

const outcomes: ReadonlyMap<unknown, CodeResultPart["outcome"]> = new Map<
  unknown,
  CodeResultPart["outcome"]
>([
  ["OUTCOME_OK", "ok"],
  [1, "ok"],
  ["OUTCOME_DEADLINE_EXCEEDED", "timeout"],
  [3, "timeout"],
]);

function codeOf(fields: Fields): Part | undefined {
  const code = camelObject(fields, "executableCode");
  if (code !== undefined) {
    const language = code.get("language");
    return {
      type: "code",
      language: typeof language === "string" ? language.toLowerCase() : "python",
      code: code.string("code") ?? "",
    };
  }
  const result = camelObject(fields, "codeExecutionResult");
  if (result === undefined) return undefined;
  return {
    type: "code-result",
    outcome: outcomes.get(result.get("outcome")) ?? "failed",
    output: result.string("output") ?? "",
  };
}

function unknownPart({ values }: Fields): TextPart {
  const { thoughtSignature: _signature, ...google } = values;
  return { type: "text", text: "", extensions: { google } };
}
