import { type Fault, vague } from "../server/fault.ts";
import { familyOf } from "@agproxy/plugin-gemini";
import type { Content, GenerateRequest, Part } from "../wire.ts";

const dataFields = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
  "toolCall",
  "toolResponse",
] as const;

/** What is wrong with contents and parts taken one by one. */
export function contentFaults(model: string, request: GenerateRequest): Fault[] {
  const { contents = [], systemInstruction } = request;
  if (contents.length === 0) {
    return ["* GenerateContentRequest.contents: contents is not specified"];
  }
  const roles = contents.some(({ role }) => !isRole(role))
    ? ["Please use a valid role: user, model."]
    : [];
  const system =
    systemInstruction === undefined ? [] : partFaults(systemInstruction, "system_instruction");
  const parts = contents.flatMap((content, i) => partFaults(content, `contents[${i}]`));
  return [...roles, ...system, ...parts, ...cacheFaults(request), ...mediaFaults(model, contents)];
}

function cacheFaults({ cachedContent, systemInstruction, tools, toolConfig }: GenerateRequest) {
  const isSetTwice = [systemInstruction, tools, toolConfig].some((field) => field !== undefined);
  return cachedContent !== undefined && isSetTwice
    ? [
        "CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config. Proposed fix: move those values to CachedContent from GenerateContent request.",
      ]
    : [];
}

function mediaFaults(model: string, contents: readonly Content[]): Fault[] {
  const nested = contents.some(({ parts = [] }) =>
    parts.some(({ functionResponse }) => (functionResponse?.parts ?? []).length > 0),
  );
  return nested && familyOf(model).filesInResponses !== true
    ? [vague("function responses with files are for Gemini 3 and later")]
    : [];
}

function isRole(role: string | undefined): boolean {
  return role === undefined || role === "" || ["user", "model", "function"].includes(role);
}

function partFaults({ parts = [] }: Content, path: string): string[] {
  const at = `* GenerateContentRequest.${path}.parts`;
  if (parts.length === 0) return [`${at}: contents.parts must not be empty.`];
  return parts.flatMap((part, i) => {
    const given = dataFields.filter((field) => part[field] !== undefined);
    if (given.length > 1) {
      return [
        `Invalid value at '${path}.parts[${i}]' (oneof), oneof field 'data' is already set. Cannot set '${given[1]}'`,
      ];
    }
    if (given.length === 0 || isEmptyText(part)) {
      return [`${at}[${i}].data: required oneof field 'data' must have one initialized field`];
    }
    return namelessFaults(part, `${at}[${i}]`);
  });
}

/** The API sends empty text to carry a signature, and takes it back for that only. */
function isEmptyText(part: Part): boolean {
  return part.text === "" && part.thoughtSignature === undefined;
}

function namelessFaults({ functionCall, functionResponse, inlineData }: Part, at: string) {
  if (functionCall !== undefined && !functionCall.name) {
    return [`${at}.function_call.name: Name cannot be empty.`];
  }
  if (functionResponse !== undefined && !functionResponse.name) {
    return [`${at}.function_response.name: Name cannot be empty.`];
  }
  if (inlineData !== undefined && !inlineData.mimeType) {
    return [`${at}.inline_data.mime_type: mime_type must be specified.`];
  }
  return [];
}
