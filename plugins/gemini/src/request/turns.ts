import type { Message, ToolCallPart, ToolResultPart } from "@agproxy/core";
import { calledTools } from "./called-tools.ts";

/**
 * A stretch of a conversation: what the model said, then everything until it speaks again.
 * The first turn has no model's messages where the user begins.
 */
export interface Turn {
  readonly model: readonly Message[];
  readonly calls: readonly ToolCallPart[];
  /** Results of this turn's calls, by call id; the first for each call. */
  readonly results: ReadonlyMap<string, ToolResultPart>;
  readonly rest: readonly Message[];
}

/** Cuts a conversation into turns. */
export function turns(messages: readonly Message[]): readonly Turn[] {
  const drafts: { model: Message[]; rest: Message[] }[] = [];
  for (const message of messages) {
    const last = drafts.at(-1);
    if (message.role === "assistant") {
      if (last !== undefined && last.rest.length === 0) last.model.push(message);
      else drafts.push({ model: [message], rest: [] });
    } else if (last === undefined) drafts.push({ model: [], rest: [message] });
    else last.rest.push(message);
  }
  return drafts.map(({ model, rest }) => turn(model, rest));
}

function turn(model: readonly Message[], rest: readonly Message[]): Turn {
  const calls = calledTools(model);
  return { model, calls, results: calls.length === 0 ? none : resultsOf(calls, rest), rest };
}

const none: Turn["results"] = new Map();

function resultsOf(calls: readonly ToolCallPart[], rest: readonly Message[]): Turn["results"] {
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
