import type { Message, Part, ToolCallPart, ToolResultPart } from "@agproxy/core";
import { geminiPart, markedSystem, type PartContext } from "./parts.ts";
import { functionResponses, orphanedResult, resultMedia } from "./tool-results.ts";
import type { GeminiContent, GeminiPart } from "../wire.ts";
import { calledTools } from "./tool-names.ts";

/** A content, and whose words it holds. The current turn begins after the last content of the user's own. */
export interface Draft extends GeminiContent {
  readonly from: "user" | "model" | "tools";
}

/** Instructions at the head of a conversation, in order, and the messages after them. */
export function splitSystem(messages: readonly Message[]): {
  readonly system: readonly Message[];
  readonly rest: readonly Message[];
} {
  const first = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  const end = first === -1 ? messages.length : first;
  return { system: messages.slice(0, end), rest: messages.slice(end) };
}

/** The conversation as alternating contents. */
export function contents(messages: readonly Message[], context: PartContext): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const step of steps(messages)) addStep(drafts, step, context);
  return merged(drafts);
}

function addStep(drafts: Draft[], step: Step, context: PartContext): void {
  const model = allParts(step.model, context);
  if (model.length > 0) drafts.push({ from: "model", role: "model", parts: model });
  if (step.calls.length > 0) {
    const parts = functionResponses(step.calls, step.results, context.names);
    drafts.push({ from: "tools", role: "user", parts });
    const media = resultMedia(step.calls, step.results);
    if (media.length > 0) drafts.push({ from: "tools", role: "user", parts: media });
  }
  for (const message of step.rest) {
    const parts = restParts(message, step, context);
    const from = message.role === "user" ? "user" : "tools";
    if (parts.length > 0) drafts.push({ from, role: "user", parts });
  }
}

function restParts(message: Message, step: Step, context: PartContext): readonly GeminiPart[] {
  const system = message.role === "system" || message.role === "developer";
  const own = system ? systemParts(message, context) : messageParts(message, context);
  const orphans: GeminiPart[] = [];
  for (const part of message.content) {
    if (part.type !== "tool-result" || step.results.get(part.callId) === part) continue;
    for (const orphan of orphanedResult(part)) orphans.push(orphan);
  }
  return orphans.length === 0 ? own : [...own, ...orphans];
}

function systemParts(message: Message, context: PartContext): readonly GeminiPart[] {
  return message.content.flatMap((part) => {
    if (part.type === "text") return says(part.text) ? [markedSystem(part)] : [];
    return geminiPart(part, context) ?? [];
  });
}

/** The parts of several messages. */
export function allParts(
  messages: readonly Message[],
  context: PartContext,
): readonly GeminiPart[] {
  const parts: GeminiPart[] = [];
  for (const message of messages) {
    for (const part of messageParts(message, context)) parts.push(part);
  }
  return parts;
}

/** The parts of one message; none where it is nothing but blanks. */
function messageParts(message: Message, context: PartContext): readonly GeminiPart[] {
  const parts: GeminiPart[] = [];
  let isSaying = false;
  for (const part of message.content) {
    isSaying ||= !isBlank(part);
    const translated = geminiPart(part, context);
    if (translated !== undefined) parts.push(translated);
  }
  return isSaying ? parts : [];
}

function isBlank(part: Part): boolean {
  return part.type === "text" && part.signature === undefined && !says(part.text);
}

/** Whether a text is more than blanks. */
function says(text: string): boolean {
  return /\S/.test(text);
}

/** Joins neighbours of one role. Function responses stay alone, because Gemini counts them. */
function merged(drafts: readonly Draft[]): readonly Draft[] {
  const result: Draft[] = [];
  let growing: Growing | undefined;
  for (const { from, role, parts } of drafts) {
    if (growing?.role === role) {
      for (const part of parts) growing.parts.push(part);
      if (from === "user") growing.from = from;
    } else {
      growing = { from, role, parts: [...parts] };
      result.push(growing);
    }
    if (parts.some(isResponse)) growing = undefined;
  }
  return result;
}

/** The last content, while more may be added to it. */
interface Growing extends Draft {
  from: Draft["from"];
  readonly parts: GeminiPart[];
}

function isResponse(part: GeminiPart): boolean {
  return part.functionResponse !== undefined;
}

/**
 * A stretch of a conversation: what the model said, then everything until it speaks again.
 * The first step has no model's messages where the user begins.
 */
interface Step {
  readonly model: readonly Message[];
  readonly calls: readonly ToolCallPart[];
  /** Results of this step's calls, by call id; the first for each call. */
  readonly results: ReadonlyMap<string, ToolResultPart>;
  readonly rest: readonly Message[];
}

/** Cuts a conversation into steps. */
function steps(messages: readonly Message[]): readonly Step[] {
  const drafts: { model: Message[]; rest: Message[] }[] = [];
  for (const message of messages) {
    const last = drafts.at(-1);
    if (message.role === "assistant") {
      if (last !== undefined && last.rest.length === 0) last.model.push(message);
      else drafts.push({ model: [message], rest: [] });
    } else if (last === undefined) drafts.push({ model: [], rest: [message] });
    else last.rest.push(message);
  }
  return drafts.map(({ model, rest }) => step(model, rest));
}

function step(model: readonly Message[], rest: readonly Message[]): Step {
  const calls = calledTools(model);
  return { model, calls, results: calls.length === 0 ? none : resultsOf(calls, rest), rest };
}

const none: Step["results"] = new Map();

function resultsOf(calls: readonly ToolCallPart[], rest: readonly Message[]): Step["results"] {
  const ids = new Set(calls.map((call) => call.id));
  const results = new Map<string, ToolResultPart>();
  for (const { content } of rest) {
    for (const part of content) {
      if (part.type !== "tool-result" || !ids.has(part.callId)) continue;
      if (!results.has(part.callId)) results.set(part.callId, part);
    }
  }
  return results;
}
