import type { Content, GenerateRequest, Part } from "./wire.ts";

/** Tokens of a text: one for every four bytes begun. */
export function textTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Tokens of a part. A file of any kind counts as one image tile does: 258. */
export function partTokens(part: Part): number {
  if (part.text !== undefined) return textTokens(part.text);
  if (part.inlineData !== undefined || part.fileData !== undefined) return 258;
  const { thoughtSignature: _, ...rest } = part;
  return textTokens(JSON.stringify(rest));
}

/** Tokens of all that a request gives the model to read. */
export function promptTokens({ contents = [], systemInstruction, tools }: GenerateRequest): number {
  const system = systemInstruction === undefined ? [] : [systemInstruction];
  const words = [...system, ...contents].map(contentTokens).reduce((a, b) => a + b, 0);
  return words + (tools === undefined ? 0 : textTokens(JSON.stringify(tools)));
}

function contentTokens({ parts = [] }: Content): number {
  return parts.map(partTokens).reduce((a, b) => a + b, 0);
}
