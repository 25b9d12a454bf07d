import { isGreeting } from "./own-words.ts";
import { type Prompt, isUsersWords, saidIn } from "./prompt.ts";
import { isObject } from "@agproxy/core";
import { schemaSample } from "./schema-sample.ts";
import type { FunctionCall, FunctionDeclaration, GenerateRequest } from "../wire.ts";

/**
 * Which functions a prompt asks for, in the order it names them: those it calls by name; else the one it
 * shares most words with, unless it only greets; with mode ANY at least the first. "…, then …" puts calls off until the results
 * of those before are there.
 */
export function chooseCalls(request: GenerateRequest, prompt: Prompt): readonly FunctionCall[] {
  const { mode, allowedFunctionNames = [] } = request.toolConfig?.functionCallingConfig ?? {};
  const offered = (request.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
  const words = step(request, prompt);
  if (mode === "NONE" || offered.length === 0 || words === undefined) return [];
  const allowed =
    allowedFunctionNames.length === 0
      ? offered
      : offered.filter(({ name = "" }) => allowedFunctionNames.includes(name));
  const named = allowed
    .map((declaration) => ({ declaration, at: mention(declaration, words) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at);
  const isFirst = prompt.results.length === 0;
  const chosen =
    named.length > 0 || !isFirst ? named.map(({ declaration }) => declaration) : likeliest(words);
  return chosen.map((declaration) => call(declaration, words));

  function likeliest(said: string): readonly FunctionDeclaration[] {
    const best = allowed.toSorted((a, b) => kinship(b, said) - kinship(a, said))[0];
    if (best === undefined) return [];
    const isLikely = kinship(best, said) > 0 && !isGreeting(said);
    return mode === "ANY" || isLikely ? [best] : [];
  }
}

/** The next step of the prompt; undefined where all are done. */
function step({ contents = [] }: GenerateRequest, prompt: Prompt): string | undefined {
  const start = contents.findLastIndex(isUsersWords);
  const said = saidIn(contents[start]?.parts ?? []);
  const steps = said.split(/[.,;:]\s*(?:and )?then\b/i);
  if (prompt.results.length === 0) return steps.length > 1 ? steps[0] : prompt.text;
  const taken = contents
    .slice(start + 1)
    .filter(({ parts = [] }) => parts.some((part) => part.functionCall !== undefined)).length;
  return steps[taken];
}

function call({ name = "", ...declaration }: FunctionDeclaration, prompt: string): FunctionCall {
  const schema = declaration.parametersJsonSchema ?? declaration.parameters;
  const args = schema === undefined ? {} : schemaSample(schema, prompt);
  return { name, args: isObject(args) ? args : {} };
}

/** Where the prompt names the function, `get_weather` or "get weather" alike; -1 where it does not. */
function mention({ name = "" }: FunctionDeclaration, prompt: string): number {
  const written = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const spoken = nameWords(name).join("[ _-]");
  // A name of one plain word ("read") is also an ordinary word: then it counts only where it is written as code.
  const isPlain = !/[_.:-]|[a-z][A-Z]/.test(name);
  const pattern = isPlain
    ? `[\`"']${written}[\`"']|\\b${written}\\(|\\b(?:tool|function|call) ${written}\\b|\\b${written} (?:tool|function)\\b`
    : `(?<![\\w-])(?:${written}|${spoken})(?![\\w-])`;
  return prompt.search(new RegExp(pattern, "i"));
}

/** How many telling words a function's name and the first sentence of its description share with the prompt. */
function kinship({ name = "", description = "" }: FunctionDeclaration, prompt: string): number {
  const words = new Set(prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  const inName = nameWords(name).filter((word) => !isCommon(word) && words.has(word)).length;
  const sentence = description.split(/[.\n]/, 1)[0] ?? "";
  const telling = new Set(sentence.toLowerCase().match(/\p{L}{4,}/gu));
  const inDescription = [...telling].filter((word) => !isCommon(word) && words.has(word)).length;
  // One shared word of a description is chance; a tool called by chance is a nuisance.
  return inName * 2 + (inName > 0 || inDescription > 1 ? inDescription : 0);
}

function nameWords(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

const fillers = new Set(
  "call create current find from function give given have into list look make read returns search show tell that this tool update user what when which with write your".split(
    " ",
  ),
);

function isCommon(word: string): boolean {
  return word.length < 4 || fillers.has(word);
}
