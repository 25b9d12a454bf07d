import { type Failure, failures } from "./failure.ts";

const aliases: Readonly<Record<string, Failure>> = {
  "403": "forbidden",
  "429": "rate-limit",
  "500": "server-error",
  "503": "overloaded",
};

/** What a prompt tells the sandbox to do: fail, or nothing it understands. */
export type Directive = { readonly failure: Failure } | { readonly unknown: string };

/**
 * Finds `[[sandbox: fail NAME]]` in the last words of the user. The double brackets are there so that no
 * ordinary prompt says it by accident; only the last turn counts, so that a conversation can go on after it.
 */
export function readDirective(prompt: string): Directive | undefined {
  const word = /\[\[sandbox: fail ([\w-]+)\]\]/.exec(prompt)?.[1];
  if (word === undefined) return undefined;
  const failure = failures.find((name) => name === word) ?? aliases[word];
  return failure === undefined ? { unknown: word } : { failure };
}

export function unknownDirective(word: string): string {
  return `The sandbox cannot fail with "${word}". It knows: ${failures.join(", ")}.`;
}
