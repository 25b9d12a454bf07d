import type { JsonObject, Part, TextPart, ToolCallPart } from "@agproxy/core";
import { camelFields } from "./google-fields.ts";
import { mediaPart } from "../media/media-part.ts";
import { fields, parsedJson, word } from "../shape.ts";
import type { ToolNames } from "./tool-names.ts";
import type { GeminiPart } from "../wire.ts";

/** What a part needs to be translated. */
export interface PartContext {
  readonly names: ToolNames;
  /** Signatures that are known here though the client did not send them, by call id. */
  readonly signatures: ReadonlyMap<string, string>;
  /** A signature as the upstream takes it; absent where it is none of the upstream's. */
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
      // The model does not read back a summary of its thoughts; what it wants back is the signature.
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
      // The model is told what it found by what it said.
      return undefined;
  }
}

const outcomes = {
  ok: "OUTCOME_OK",
  failed: "OUTCOME_FAILED",
  timeout: "OUTCOME_DEADLINE_EXCEEDED",
} as const;

/** The signature of a part, by the first way that leads to one: the client, or what is known here of a call. */
function ownSignature(part: Part, { signatures, unmark }: PartContext): string | undefined {
  const given = part.signature ?? word(fields(part.extensions?.google)?.thought_signature);
  const own = given === undefined ? undefined : unmark(given);
  if (own !== undefined || part.type !== "tool-call") return own;
  const known = signatures.get(part.id);
  return known === undefined ? undefined : unmark(known);
}

function functionCall(part: ToolCallPart, names: ToolNames): GeminiPart {
  return {
    functionCall: { id: part.id, name: names.legal(part.name), args: callArguments(part) },
  };
}

/** Arguments must be an object. What the model wrote and is none goes back as it was, in a field of its own. */
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

/** Instructions in the middle of a conversation, marked, for a wire that has room for them only at its start. */
export function markedSystem(part: TextPart): GeminiPart {
  return { text: `<system>\n${part.text}\n</system>` };
}
