import { ownWords } from "./own-words.ts";
import type { FunctionResponse, GenerateRequest, Part, Content } from "../wire.ts";

/** What a request says last. */
export interface Prompt {
  /** The user's own words; all words where these are none. */
  readonly text: string;
  /** Files that came with it, by kind: `image` → 2. */
  readonly files: Readonly<Record<string, number>>;
  readonly audio: readonly { readonly mimeType: string; readonly bytes: number }[];
  readonly results: readonly FunctionResponse[];
}

/**
 * Reads what was said since the model last spoke: a client may split the user's words over several contents.
 */
export function readPrompt({ contents = [] }: GenerateRequest): Prompt {
  const spoken = contents.findLastIndex(({ role }) => role === "model");
  const isPrefilled = spoken === contents.length - 1;
  const last = isPrefilled
    ? contents.filter(({ role }) => role !== "model")
    : contents.slice(spoken + 1);
  const parts = last.flatMap((content) => content.parts ?? []);
  return {
    text: saidIn(parts),
    files: countFiles(parts),
    audio: parts.flatMap(({ inlineData, fileData }) => {
      const { mimeType = "" } = inlineData ?? fileData ?? {};
      const bytes = Buffer.byteLength(inlineData?.data ?? "", "base64");
      return mimeType.startsWith("audio/") ? [{ mimeType, bytes }] : [];
    }),
    results: parts.flatMap(({ functionResponse }) => functionResponse ?? []),
  };
}

/** The user's own words in these parts; all words where these are none. */
export function saidIn(parts: readonly Part[]): string {
  const texts = parts.flatMap(({ text, thought }) => (text && thought !== true ? [text] : []));
  const own = texts.map(ownWords).filter((text) => text !== "");
  return (own.length > 0 ? own : texts).join("\n");
}

function countFiles(parts: readonly Part[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { inlineData, fileData } of parts) {
    const file = inlineData ?? fileData;
    if (file === undefined) continue;
    const kind = /^(image|audio|video)\//.exec(file.mimeType ?? "")?.[1] ?? "file";
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Whether a content is the user's own, rather than the model's or the results of functions. */
export function isUsersWords({ role, parts = [] }: Content): boolean {
  return role !== "model" && parts.every((part) => part.functionResponse === undefined);
}
