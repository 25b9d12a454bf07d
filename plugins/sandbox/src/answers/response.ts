import type { Answer, PlannedCandidate } from "./answer.ts";
import { logprobsOf } from "./logprobs.ts";
import { Tally } from "./prompt-counts.ts";
import { totalOf } from "./tokens.ts";
import type { Candidate, GenerateResponse, Part, UsageMetadata } from "../wire.ts";

export interface Stamp {
  readonly modelVersion: string;
  readonly responseId: string;
}

/** One event per piece, the candidates in turn; every event has the usage so far. */
export function* streamedResponse(answer: Answer, stamp: Stamp): Generator<GenerateResponse> {
  const { candidates, promptFeedback } = answer;
  if (promptFeedback !== undefined) {
    yield { promptFeedback, usageMetadata: usage(answer, new Tally()), ...stamp };
  }
  const spent = new Tally();
  const events = Math.max(...candidates.map(({ pieces }) => Math.max(pieces.length, 1)), 0);
  for (let i = 0; i < events; i += 1) {
    for (const [index, candidate] of candidates.entries()) {
      if (i > 0 && i >= candidate.pieces.length) continue;
      const pieces = candidate.pieces.slice(i, i + 1);
      spent.add(pieces);
      const shown = {
        pieces,
        ...(i === 0 && { opening: candidate.opening ?? {} }),
        ...(i + 1 >= candidate.pieces.length && { closing: candidate.closing ?? {} }),
      };
      const part = toCandidate(shown, index, answer.logprobs, i);
      yield { candidates: [part], usageMetadata: usage(answer, spent), ...stamp };
    }
  }
}

export function wholeResponse(answer: Answer, stamp: Stamp): GenerateResponse {
  const { candidates, promptFeedback } = answer;
  const spent = new Tally().add(candidates.flatMap(({ pieces }) => pieces));
  const usageMetadata = usage(answer, spent);
  if (promptFeedback !== undefined) return { promptFeedback, usageMetadata, ...stamp };
  const merged = candidates.map((candidate, index) => {
    const whole = toCandidate(candidate, index, answer.logprobs, 0);
    return { ...whole, content: toContent(merge(candidate.pieces)) };
  });
  return { candidates: merged, usageMetadata, ...stamp };
}

function toCandidate(
  { pieces, opening = {}, closing = {} }: PlannedCandidate,
  index: number,
  logprobs: number | undefined,
  position: number,
): Candidate {
  const candidate = { content: toContent(pieces), ...opening, ...closing, index };
  return logprobs === undefined
    ? candidate
    : { ...candidate, ...logprobsOf(pieces, logprobs, position) };
}

/** With nothing to say, the API sends a content without parts. */
function toContent(parts: readonly Part[]): Candidate["content"] {
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
  const candidates = totalOf(counts);
  const prompt = totalOf(read.prompt);
  return {
    promptTokenCount: prompt,
    ...(read.cached > 0 && { cachedContentTokenCount: read.cached }),
    ...(candidates > 0 && { candidatesTokenCount: candidates }),
    ...(read.tools > 0 && { toolUsePromptTokenCount: read.tools }),
    totalTokenCount: prompt + candidates + thoughts + read.tools,
    promptTokensDetails: read.prompt,
    ...(counts.some(({ modality }) => modality !== "TEXT") && { candidatesTokensDetails: counts }),
    ...(read.tools > 0 && {
      toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: read.tools }],
    }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
