import type { JsonObject, MediaPart, Part, TextPart, ToolCallPart } from "@agproxy/core";
import { camelFields } from "./google-fields.ts";
import { mediaPart } from "../media/media-part.ts";
import { fields, parsedJson, word } from "../shape.ts";
import type { ToolNames } from "./tool-names.ts";
import type { GeminiPart } from "../wire.ts";

/** What a part needs to be translated. */
export interface PartContext {
  readonly names: ToolNames;
  /** Signatures of tool calls that the client did not send back, by call id. */
  readonly signatures: ReadonlyMap<string, string>;
  /** Signatures of media that a model made and the client sent back without them. */
  readonly pictures: ReadonlyMap<MediaPart, string>;
  /** Takes the mark off a signature; undefined for a signature of another issuer. */
  unmark(signature: string): string | undefined;
}

/** One part of a message. Absent where there is nothing to send. */
export function geminiPart(part: Part, context: PartContext): GeminiPart | undefined {
  const signature = ownSignature(part, context);
  const signed = signature === undefined ? {} : { thoughtSignature: signature };
  switch (part.type) {
    case "text":
    case "refusal":
      // Gemini refuses an empty part unless a signature hangs on it.
      return part.text === "" && signature === undefined
        ? undefined
        : { text: part.text, ...signed };
    case "reasoning":
      // Gemini does not read summaries of thoughts; it needs the signature only.
      return signature === undefined ? undefined : { text: part.text, thought: true, ...signed };
    case "media":
      return { ...mediaPart(part), ...mediaFields(part.extensions?.google), ...signed };
    case "tool-call":
      return { ...functionCall(part, context.names), ...signed };
    case "code":
      return {
        executableCode: { language: part.language.toUpperCase(), code: part.code },
        ...signed,
      };
    case "code-result":
      return {
        codeExecutionResult: { outcome: outcomes[part.outcome], output: part.output },
        ...signed,
      };
    case "tool-result":
      // Results are gathered by step, not part by part.
      return undefined;
    case "search":
      // What was found is in the text that follows.
      return undefined;
  }
}

const outcomes = {
  ok: "OUTCOME_OK",
  failed: "OUTCOME_FAILED",
  timeout: "OUTCOME_DEADLINE_EXCEEDED",
} as const;

/** The signature that the client sent with a part; for a call or medium without one, the signature that is kept here. */
function ownSignature(
  part: Part,
  { signatures, pictures, unmark }: PartContext,
): string | undefined {
  const given = part.signature ?? word(fields(part.extensions?.google)?.thought_signature);
  const own = given === undefined ? undefined : unmark(given);
  if (own !== undefined || (part.type !== "tool-call" && part.type !== "media")) return own;
  const known = part.type === "media" ? pictures.get(part) : signatures.get(part.id);
  return known === undefined ? undefined : unmark(known);
}

function functionCall(part: ToolCallPart, names: ToolNames): GeminiPart {
  return {
    functionCall: { id: part.id, name: names.legal(part.name), args: callArguments(part) },
  };
}

/** Gemini takes objects only. Arguments that are no object go back unchanged, in a field of their own. */
function callArguments(part: ToolCallPart): JsonObject {
  if (part.arguments.trim() === "") return {};
  return fields(parsedJson(part.arguments)) ?? { _raw: part.arguments };
}

function mediaFields(google: unknown): GeminiPart {
  const { videoMetadata, mediaResolution } = camelFields(fields(google) ?? {});
  return {
    ...(videoMetadata === undefined ? {} : { videoMetadata }),
    ...(mediaResolution === undefined ? {} : { mediaResolution }),
  };
}

/** Instructions in the middle of a conversation, as marked text: Gemini has a field only for those at its start. */
export function markedSystem(part: TextPart): GeminiPart {
  return { text: `<system>\n${part.text}\n</system>` };
}
