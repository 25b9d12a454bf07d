import type { ChatRequest, JsonObject } from "agproxy";
import { contents, messageParts, splitSystem, type Draft } from "./contents.ts";
import { familyOf, type Family } from "./families.ts";
import { generationConfig } from "./generation-config.ts";
import { withGoogleFields } from "./google-fields.ts";
import type { PartContext } from "./parts.ts";
import { withStandIns } from "./stand-in-signatures.ts";
import { toolNames, type ToolNames } from "./tool-names.ts";
import { functionTools, toolConfig } from "./tools.ts";
import type { GeminiBody, GeminiContent, GeminiPart } from "./wire.ts";

/** A request in Gemini's words, and what is needed to read the answer to it. */
export interface GeminiRequest {
  readonly body: GeminiBody;
  readonly names: ToolNames;
}

export interface RequestContext {
  /** Signatures of earlier tool calls that the client did not send back, by call id. */
  readonly signatures?: ReadonlyMap<string, string>;
  /** What is known of the models; the built-in table where absent. */
  readonly families?: readonly Family[];
}

/** Minimal words of a user, where Gemini wants a user's turn and there is none. */
const minimalTurn: GeminiContent = { role: "user", parts: [{ text: "Continue." }] };

/**
 * Translates a request for a model. Pure; throws `invalid_request` for media that no model can reach.
 * Source: https://ai.google.dev/api/generate-content
 */
export function generateContentRequest(
  request: ChatRequest,
  model: string,
  { signatures = new Map(), families }: RequestContext = {},
): GeminiRequest {
  const family = familyOf(model, families);
  const names = toolNames(request);
  const tools = functionTools(request, names);
  const config = generationConfig(request, family);
  const choice = toolConfig(request, names);
  const body: GeminiBody = {
    ...conversation(request, { names, signatures }, family),
    ...(tools === undefined ? {} : { tools }),
    ...(choice === undefined ? {} : { toolConfig: choice }),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
  };
  const whole = withGoogleFields(body, request.extensions?.google);
  return { body: family.mixesTools === true ? withMixedTools(whole) : whole, names };
}

function conversation(
  request: ChatRequest,
  context: PartContext,
  family: Family,
): Pick<GeminiBody, "contents" | "systemInstruction"> {
  const { system, rest } = splitSystem(request.messages);
  const drafts = contents(rest, context);
  const signed = family.signatureStandIn === true ? withStandIns(drafts) : drafts;
  const turns = framed(signed, family);
  const instructions = system.flatMap((message) => messageParts(message, context));
  if (instructions.length === 0) return { contents: turns.length === 0 ? [blankTurn] : turns };
  // Instructions alone are what the model is to answer.
  if (turns.length === 0) return { contents: [{ role: "user", parts: instructions }] };
  if (family.refusesSystem === true) return { contents: withLeadingText(instructions, turns) };
  const text = instructions.filter((part) => part.text !== undefined);
  const other = instructions.filter((part) => part.text === undefined);
  return {
    ...(text.length === 0 ? {} : { systemInstruction: { parts: text } }),
    contents: other.length === 0 ? turns : withLeadingText(other, turns),
  };
}

const blankTurn: GeminiContent = { role: "user", parts: [{ text: " " }] };

function withLeadingText(
  parts: readonly GeminiPart[],
  turns: readonly GeminiContent[],
): readonly GeminiContent[] {
  const [first, ...others] = turns;
  if (first?.role !== "user") return [{ role: "user", parts }, ...turns];
  return [{ role: "user", parts: [...parts, ...first.parts] }, ...others];
}

/** The conversation with the turns that Gemini insists on at its ends. */
function framed(drafts: readonly Draft[], family: Family): readonly GeminiContent[] {
  const turns = drafts.map(({ role, parts }): GeminiContent => ({ role, parts }));
  const callsFirst = turns[0]?.role === "model" && turns[0].parts.some((part) => part.functionCall);
  const modelLast = turns.at(-1)?.role === "model" && family.refusesPrefill === true;
  return [...(callsFirst ? [minimalTurn] : []), ...turns, ...(modelLast ? [minimalTurn] : [])];
}

/** Built-in tools beside functions are refused unless the request says that both are meant. */
function withMixedTools(body: GeminiBody): GeminiBody {
  const has = (builtIn: boolean) =>
    body.tools?.some((tool: JsonObject) =>
      Object.keys(tool).some((name) => (name !== "functionDeclarations") === builtIn),
    ) === true;
  if (!has(true) || !has(false)) return body;
  return { ...body, toolConfig: { includeServerSideToolInvocations: true, ...body.toolConfig } };
}
