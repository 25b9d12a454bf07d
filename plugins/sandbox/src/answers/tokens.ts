import type { GenerateRequest, ModalityCount, Part } from "../wire.ts";

/** Tokens of a text: one for every four bytes, rounded up. */
export function textTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** Tokens of a part: 258 for a file, as for one image tile, and 25 for each second of the sandbox's own audio. */
export function partTokens(part: Part): number {
  if (part.text !== undefined) return textTokens(part.text);
  const { mimeType = "", data = "" } = part.inlineData ?? {};
  if (mimeType.startsWith("audio/L16")) return Math.ceil((data.length * 25 * 3) / (4 * 48_000));
  if (part.inlineData !== undefined || part.fileData !== undefined) return 258;
  const { thoughtSignature: _, ...rest } = part;
  return textTokens(JSON.stringify(rest));
}

/** What kind of tokens a part is: `TEXT`, `IMAGE`, `AUDIO`, `VIDEO` or `DOCUMENT`. */
export function modalityOf({ inlineData, fileData }: Part): string {
  const file = inlineData ?? fileData;
  if (file === undefined) return "TEXT";
  return /^(image|audio|video)\//.exec(file.mimeType ?? "")?.[1]?.toUpperCase() ?? "DOCUMENT";
}

/** The size of the smallest cache that the API accepts. */
export function cachedTokens({ cachedContent }: GenerateRequest): number {
  return cachedContent === undefined ? 0 : 1024;
}

export function totalOf(counts: readonly ModalityCount[]): number {
  return counts.map(({ tokenCount }) => tokenCount).reduce((a, b) => a + b, 0);
}
