import { partTokens } from "./tokens.ts";
import type { GenerationConfig, Part } from "../wire.ts";

interface Limited {
  readonly pieces: readonly Part[];
  readonly finishReason: string;
}

/** Ends an answer where a stop sequence begins, or where the tokens that thinking leaves are used up. */
export function limit(
  pieces: readonly Part[],
  config: GenerationConfig,
  thoughtTokens: number,
): Limited {
  const stopped = stopAt(pieces, config.stopSequences ?? []);
  const kept: Part[] = [];
  let left = (config.maxOutputTokens ?? Number.POSITIVE_INFINITY) - thoughtTokens;
  for (const piece of stopped) {
    const tokens = piece.thought === true ? 0 : partTokens(piece);
    if (tokens > left) {
      const rest = piece.text === undefined ? "" : firstTokens(piece.text, left);
      return { pieces: rest === "" ? kept : [...kept, { text: rest }], finishReason: "MAX_TOKENS" };
    }
    left -= tokens;
    kept.push(piece);
  }
  return { pieces: kept, finishReason: "STOP" };
}

function stopAt(pieces: readonly Part[], stops: readonly string[]): readonly Part[] {
  const text = pieces.map(spoken).join("");
  const found = stops.filter((stop) => stop !== "").map((stop) => text.indexOf(stop));
  const end = Math.min(...found.filter((at) => at >= 0));
  if (end === Number.POSITIVE_INFINITY) return pieces;
  const kept: Part[] = [];
  let length = 0;
  for (const piece of pieces) {
    const words = spoken(piece);
    if (length + words.length > end) {
      const rest = words.slice(0, end - length);
      return rest === "" ? kept : [...kept, { ...piece, text: rest }];
    }
    length += words.length;
    kept.push(piece);
  }
  return kept;
}

function spoken({ text = "", thought }: Part): string {
  return thought === true ? "" : text;
}

/** Four bytes a token; a character that is cut through is left out. */
function firstTokens(text: string, tokens: number): string {
  return Buffer.from(text)
    .subarray(0, tokens * 4)
    .toString()
    .replace(/\uFFFD+$/, "");
}
