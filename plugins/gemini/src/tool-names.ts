import type { ChatRequest } from "agproxy";
import { calledTools } from "./called-tools.ts";

/** Names as Gemini takes them, and the way back. */
export interface ToolNames {
  /** The client's name in a legal form. */
  legal(name: string): string;
  /** The client's name for a legal one; any other name is returned as it is. */
  original(name: string): string;
}

const limit = 64;
const legalName = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

const asTheyAre: ToolNames = { legal: (name) => name, original: (name) => name };

/**
 * Gives each function of a request a name that Gemini takes, and no two the same.
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
  // Legal names first: none of them may have to give way to a mended one.
  for (const name of names) if (legalName.test(name)) assign(name, name);
  for (const name of names) if (!legal.has(name)) assign(name, mended(name, original));
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

function mended(name: string, taken: ReadonlyMap<string, string>): string {
  const characters = name.replaceAll(/[^a-zA-Z0-9_.:-]/g, "_");
  const base = (/^[a-zA-Z_]/.test(characters) ? characters : `_${characters}`).slice(0, limit);
  let form = base;
  for (let n = 2; taken.has(form); n += 1) {
    const suffix = `_${n}`;
    form = base.slice(0, limit - suffix.length) + suffix;
  }
  return form;
}
