import {
  type ChatRequest,
  defined,
  AgproxyError,
  type JsonObject,
  type MediaPart,
} from "@agproxy/core";
import { allParts, contents, splitSystem, type Draft } from "./contents.ts";
import type { Family } from "../models/families.ts";
import { generationConfig, ignoredWishes } from "./generation-config.ts";
import { withGoogleFields } from "./google-fields.ts";
import { type NamedWishes, readModel, servedModel } from "../models/known-model.ts";
import { withMixedTools, fullDialect, toolPlan, type Dialect, type ToolPlan } from "./tool-plan.ts";
import type { PartContext } from "./parts.ts";
import { styledContents } from "../media/speech-config.ts";
import { withStandIns } from "../signatures/signature-marks.ts";
import { withoutCallIds } from "./call-ids.ts";
import { withInvocations } from "./tool-invocations.ts";
import { toolNames, type ToolNames } from "./tool-names.ts";
import type { GeminiBody, GeminiContent, GeminiPart } from "../wire.ts";

/** A request in Gemini's words, and what is needed to read the answer to it. */
export interface GeminiRequest extends SentRequest {
  readonly body: GeminiBody;
}

/** The same, where a client may have written the body itself, in any shape. */
export interface SentRequest {
  readonly body: JsonObject;
  /** The model's name without suffixes such as `-online`. */
  readonly model: string;
  readonly names: ToolNames;
  /** How many calls it takes to get all answers. */
  readonly calls: number;
  /** Fields of the client that the model cannot honour. */
  readonly ignored: readonly string[];
}

export interface RequestContext {
  /** Signatures of earlier tool calls that the client did not send back, by call id. */
  readonly signatures?: ReadonlyMap<string, string>;
  /** Signatures of media in answers that the client sent back without them. */
  readonly pictures?: ReadonlyMap<MediaPart, string>;
  /** What built-in tools did before earlier tool calls, as it was kept, by call id. */
  readonly invocations?: ReadonlyMap<string, string>;
  /** What is known of the models; the built-in table where absent. */
  readonly families?: readonly Family[];
  /** What the upstream accepts; everything where absent. */
  readonly dialect?: Dialect;
  /** In milliseconds since the epoch, for names that Google gives to another model from some day on. Default: no such names. */
  readonly now?: number;
  /** Takes the mark off a signature; undefined for a signature of another issuer. */
  unmark?(signature: string): string | undefined;
}

/** Gemini insists on words of the user in some places; these stand there. */
const minimalContent: GeminiContent = { role: "user", parts: [{ text: "Continue." }] };

/**
 * Translates a request for a model. Pure; throws `invalid_request` for media that no model can reach, for
 * schemas beyond all limits, and for more answers than there can be.
 * Source: https://ai.google.dev/api/generate-content
 */
export function generateContentRequest(
  request: ChatRequest,
  model: string,
  context: RequestContext = {},
): GeminiRequest {
  const { signatures = nothing, invocations = nothing, pictures = noPictures } = context;
  const { families, dialect = fullDialect, unmark = asItIs } = context;
  const { named, family } = families ? readModel(model, families) : servedModel(model, context.now);
  const names = toolNames(request);
  const callable = family.refusesFunctions === true ? withoutFunctions(request) : request;
  const plan = asksForTools(request, named)
    ? toolPlan(request, callable, { names, webSearch: named.webSearch, family, dialect })
    : noTools;
  const { tools, toolConfig, format } = plan;
  const { calls, candidateCount } = choicePlan(request.sampling.choices, family);
  const config = generationConfig(request, { family, named, format, candidateCount, ...dialect });
  const said = conversation(request, { names, signatures, pictures, unmark }, family);
  const body: GeminiBody = {
    ...(dialect.callIds === false ? withoutCallIds(said) : said),
    ...defined({
      tools,
      toolConfig,
      generationConfig: Object.keys(config).length === 0 ? undefined : config,
    }),
  };
  const google = request.extensions?.google;
  const whole = google === undefined ? body : withGoogleFields(body, google);
  const mixes = family.mixesTools === true && dialect.mixedTools;
  const allowed = mixes ? withMixedTools(whole) : whole;
  // Contents that the client wrote itself have an unknown shape.
  const recalls = invocations.size > 0 && allowed.contents === body.contents;
  return {
    body: recalls ? withInvocations(allowed, { invocations, unmark }) : allowed,
    model: named.model,
    names,
    calls,
    ignored: [...plan.ignored, ...ignoredWishes(request, family)],
  };
}

const nothing: ReadonlyMap<string, string> = new Map();
const noPictures: ReadonlyMap<MediaPart, string> = new Map();
const asItIs = (signature: string): string => signature;

const noTools: ToolPlan = { format: false, ignored: [] };

/** Whether there is anything of which some exclude others. */
function asksForTools(request: ChatRequest, { webSearch }: NamedWishes): boolean {
  return webSearch || (request.tools ?? request.hostedTools ?? request.output) !== undefined;
}

function withoutFunctions({ tools: _tools, ...request }: ChatRequest): ChatRequest {
  return request;
}

function conversation(
  request: ChatRequest,
  context: PartContext,
  family: Family,
): Pick<GeminiBody, "contents" | "systemInstruction"> {
  const { system, rest } = splitSystem(request.messages);
  const drafts = contents(rest, context);
  const signed = family.signs === true ? withStandIns(drafts) : drafts;
  const said = framed(signed, family);
  const instructions = allParts(system, context);
  if (instructions.length === 0) return { contents: said.length === 0 ? [blankContent] : said };
  // Without messages, the instructions are the prompt.
  if (said.length === 0) return { contents: [{ role: "user", parts: instructions }] };
  if (family.refusesSystem === true) return { contents: withLeadingText(instructions, said) };
  const text = instructions.filter((part) => part.text !== undefined);
  const other = instructions.filter((part) => part.text === undefined);
  const all = other.length === 0 ? said : withLeadingText(other, said);
  if (family.speaks === true) return { contents: styledContents(text, all, family) };
  return { ...(text.length === 0 ? {} : { systemInstruction: { parts: text } }), contents: all };
}

const blankContent: GeminiContent = { role: "user", parts: [{ text: " " }] };

function withLeadingText(
  parts: readonly GeminiPart[],
  conversation: readonly GeminiContent[],
): readonly GeminiContent[] {
  const [first, ...others] = conversation;
  if (first?.role !== "user") return [{ role: "user", parts }, ...conversation];
  return [{ role: "user", parts: [...parts, ...first.parts] }, ...others];
}

/** The conversation, with the contents that Gemini insists on at its ends. */
function framed(drafts: readonly Draft[], family: Family): readonly GeminiContent[] {
  const said = drafts.map(({ role, parts }): GeminiContent => ({ role, parts }));
  const callsFirst = said[0]?.role === "model" && said[0].parts.some((part) => part.functionCall);
  const modelLast = said.at(-1)?.role === "model" && family.refusesPrefill === true;
  return [...(callsFirst ? [minimalContent] : []), ...said, ...(modelLast ? [minimalContent] : [])];
}

/** The API takes no larger `candidateCount`, and agproxy makes no more calls for one request. */
const maxChoices = 8;

/** How several answers are asked for. */
interface ChoicePlan {
  /** `generationConfig.candidateCount`; absent where a call gives one answer. */
  readonly candidateCount?: number;
  /** How many calls it takes. */
  readonly calls: number;
}

/**
 * One call for all answers where the family allows it, else a call for each. Throws `invalid_request` for more
 * answers than there can be.
 * Source: https://ai.google.dev/api/generate-content#generationconfig
 */
function choicePlan(choices: number | undefined, family: Family): ChoicePlan {
  const count = choices ?? 1;
  if (count > maxChoices) {
    throw new AgproxyError("invalid_request", `\`n\` is ${count}; the maximum is ${maxChoices}.`, {
      param: "n",
      advice: `Ask for at most ${maxChoices} answers at a time.`,
    });
  }
  if (count <= 1) return { calls: 1 };
  return count <= (family.maxChoices ?? 1) ? { candidateCount: count, calls: 1 } : { calls: count };
}
