import type { ChatRequest, Message, ToolCallPart } from "@agproxy/core";

/** Names as Gemini takes them, and the way back. */
export interface ToolNames {
  /** The client's name in a legal form. */
  legal(name: string): string;
  /** The client's name for a legal one; any other name is returned as it is. */
  original(name: string): string;
}

const maxNameLength = 64;
const legalName = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

const asTheyAre: ToolNames = { legal: (name) => name, original: (name) => name };

/**
 * Gives each function of a request a legal name, and no two the same.
 * Source: https://ai.google.dev/api/caching#FunctionDeclaration
 */
export function toolNames(request: ChatRequest): ToolNames {
  const names = namesIn(request);
  if (names.size === 0) return asTheyAre;
  const legal = new Map<string, string>();
  const original = new Map<string, string>();
  const assign = (name: string, form: string) => {
    legal.set(name, form);
    original.set(form, name);
  };
  // Legal names first, so that no mended name takes one of them.
  for (const name of names) if (legalName.test(name)) assign(name, name);
  const mended = mender(original);
  for (const name of names) if (!legal.has(name)) assign(name, mended(name));
  return {
    legal: (name) => legal.get(name) ?? name,
    original: (name) => original.get(name) ?? name,
  };
}

function namesIn(request: ChatRequest): ReadonlySet<string> {
  const names = new Set(request.tools?.map((tool) => tool.name));
  for (const { name } of calledTools(request.messages)) names.add(name);
  return names;
}

/** Turns each illegal name into a legal one that is not taken. */
function mender(taken: ReadonlyMap<string, string>): (name: string) => string {
  /** The last number for each beginning: to count from 2 for every name would be quadratic. */
  const counts = new Map<string, number>();
  return (name) => {
    const characters = name.replaceAll(/[^a-zA-Z0-9_.:-]/g, "_");
    const base = (/^[a-zA-Z_]/.test(characters) ? characters : `_${characters}`).slice(
      0,
      maxNameLength,
    );
    if (!taken.has(base)) return base;
    const beginning = base.slice(0, maxNameLength - maxSuffixLength);
    let count = counts.get(beginning) ?? 1;
    let form = base;
    while (taken.has(form)) {
      count += 1;
      const suffix = `_${count}`;
      form = base.slice(0, maxNameLength - suffix.length) + suffix;
    }
    counts.set(beginning, count);
    return form;
  };
}

/** Room for `_` and six digits: a million names that begin alike. */
const maxSuffixLength = 7;

/** The tool calls in messages, in order. */
export function calledTools(messages: readonly Message[]): readonly ToolCallPart[] {
  const calls: ToolCallPart[] = [];
  for (const { content } of messages) {
    for (const part of content) if (part.type === "tool-call") calls.push(part);
  }
  return calls;
}
