import type { Answer, PlannedChoice } from "./answer.ts";
import { logprobsOf } from "./logprobs.ts";
import { Tally } from "./prompt-counts.ts";
import { totalOf } from "./tokens.ts";
import type { Choice, GenerateResponse, Part, UsageMetadata } from "../wire.ts";

export interface ResponseOrigin {
  readonly modelVersion: string;
  readonly responseId: string;
}

/** One event per piece, the choices one after the other; every event has the usage so far. */
export function* streamedResponse(
  answer: Answer,
  origin: ResponseOrigin,
): Generator<GenerateResponse> {
  const { choices, promptFeedback } = answer;
  if (promptFeedback !== undefined) {
    yield { promptFeedback, usageMetadata: usage(answer, new Tally()), ...origin };
  }
  const spent = new Tally();
  const events = Math.max(...choices.map(({ pieces }) => Math.max(pieces.length, 1)), 0);
  for (let i = 0; i < events; i += 1) {
    for (const [index, choice] of choices.entries()) {
      if (i > 0 && i >= choice.pieces.length) continue;
      const pieces = choice.pieces.slice(i, i + 1);
      spent.add(pieces);
      const shown = {
        pieces,
        ...(i === 0 && { opening: choice.opening ?? {} }),
        ...(i + 1 >= choice.pieces.length && { closing: choice.closing ?? {} }),
      };
      const part = toChoice(shown, index, answer.logprobs, i);
      yield { candidates: [part], usageMetadata: usage(answer, spent), ...origin };
    }
  }
}

export function wholeResponse(answer: Answer, origin: ResponseOrigin): GenerateResponse {
  const { choices, promptFeedback } = answer;
  const spent = new Tally().add(choices.flatMap(({ pieces }) => pieces));
  const usageMetadata = usage(answer, spent);
  if (promptFeedback !== undefined) return { promptFeedback, usageMetadata, ...origin };
  const merged = choices.map((choice, index) => {
    const whole = toChoice(choice, index, answer.logprobs, 0);
    return { ...whole, content: toContent(merge(choice.pieces)) };
  });
  return { candidates: merged, usageMetadata, ...origin };
}

function toChoice(
  { pieces, opening = {}, closing = {} }: PlannedChoice,
  index: number,
  logprobs: number | undefined,
  position: number,
): Choice {
  const choice = { content: toContent(pieces), ...opening, ...closing, index };
  return logprobs === undefined ? choice : { ...choice, ...logprobsOf(pieces, logprobs, position) };
}

/** With nothing to say, the API sends a content without parts. */
function toContent(parts: readonly Part[]): Choice["content"] {
  return parts.length === 0 ? {} : { parts, role: "model" };
}

/** Pieces of one run of text or of audio are one part; a signature on the last belongs to all of it. */
function merge(pieces: readonly Part[]): readonly Part[] {
  const merged: Part[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    const joined = last === undefined ? undefined : joint(last, piece);
    if (joined === undefined) merged.push(piece);
    else merged[merged.length - 1] = joined;
  }
  return merged;
}

function joint(last: Part, next: Part): Part | undefined {
  if (last.text !== undefined && next.text !== undefined && last.thought === next.thought) {
    return { ...last, ...next, text: last.text + next.text };
  }
  const { mimeType = "", data = "" } = last.inlineData ?? {};
  if (!mimeType.startsWith("audio/") || next.inlineData?.mimeType !== mimeType) return undefined;
  return { inlineData: { mimeType, data: data + (next.inlineData.data ?? "") } };
}

function usage({ read }: Answer, { counts, thoughts }: Tally): UsageMetadata {
  const written = totalOf(counts);
  const prompt = totalOf(read.prompt);
  return {
    promptTokenCount: prompt,
    ...(read.cached > 0 && { cachedContentTokenCount: read.cached }),
    ...(written > 0 && { candidatesTokenCount: written }),
    ...(read.tools > 0 && { toolUsePromptTokenCount: read.tools }),
    totalTokenCount: prompt + written + thoughts + read.tools,
    promptTokensDetails: read.prompt,
    ...(counts.some(({ modality }) => modality !== "TEXT") && { candidatesTokensDetails: counts }),
    ...(read.tools > 0 && {
      toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: read.tools }],
    }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
