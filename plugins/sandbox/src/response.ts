import type { Answer, PlannedCandidate } from "./answer.ts";
import { logprobsOf } from "./logprobs.ts";
import { partTokens } from "./tokens.ts";
import type { Candidate, GenerateResponse, Part, UsageMetadata } from "./wire.ts";

export interface Stamp {
  readonly modelVersion: string;
  readonly responseId: string;
}

/** One event per piece, the candidates in turn; every event has the usage so far. */
export function* streamedResponse(answer: Answer, stamp: Stamp): Generator<GenerateResponse> {
  const { candidates, promptFeedback } = answer;
  if (promptFeedback !== undefined) {
    yield { promptFeedback, usageMetadata: usage(answer, nothing), ...stamp };
  }
  let spent = nothing;
  const events = Math.max(...candidates.map(({ pieces }) => Math.max(pieces.length, 1)), 0);
  for (let i = 0; i < events; i += 1) {
    for (const [index, candidate] of candidates.entries()) {
      if (i > 0 && i >= candidate.pieces.length) continue;
      const pieces = candidate.pieces.slice(i, i + 1);
      spent = pieces.reduce(add, spent);
      const isLast = i + 1 >= candidate.pieces.length;
      const shown = isLast ? candidate : { pieces };
      const part = toCandidate({ ...shown, pieces }, index, answer.logprobs, i);
      yield { candidates: [part], usageMetadata: usage(answer, spent), ...stamp };
    }
  }
}

export function wholeResponse(answer: Answer, stamp: Stamp): GenerateResponse {
  const { candidates, promptFeedback } = answer;
  const spent = candidates.flatMap(({ pieces }) => pieces).reduce(add, nothing);
  const usageMetadata = usage(answer, spent);
  if (promptFeedback !== undefined) return { promptFeedback, usageMetadata, ...stamp };
  const merged = candidates.map((candidate, index) => {
    const whole = toCandidate(candidate, index, answer.logprobs, 0);
    return { ...whole, content: toContent(mergeText(candidate.pieces)) };
  });
  return { candidates: merged, usageMetadata, ...stamp };
}

function toCandidate(
  { pieces, ...finish }: PlannedCandidate,
  index: number,
  logprobs: number | undefined,
  position: number,
): Candidate {
  const candidate = { content: toContent(pieces), ...finish, index };
  return logprobs === undefined
    ? candidate
    : { ...candidate, ...logprobsOf(pieces, logprobs, position) };
}

/** With nothing to say, the API sends a content without parts. */
function toContent(parts: readonly Part[]): Candidate["content"] {
  return parts.length === 0 ? {} : { parts, role: "model" };
}

/** Pieces of one run of text are one part; a signature on the last belongs to all of it. */
function mergeText(pieces: readonly Part[]): readonly Part[] {
  const merged: Part[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    const joins =
      last?.text !== undefined && piece.text !== undefined && last.thought === piece.thought;
    if (joins) merged[merged.length - 1] = { ...last, ...piece, text: last.text + piece.text };
    else merged.push(piece);
  }
  return merged;
}

/** Tokens written so far. */
interface Spent {
  readonly candidates: number;
  readonly thoughts: number;
}

const nothing: Spent = { candidates: 0, thoughts: 0 };

function add({ candidates, thoughts }: Spent, part: Part): Spent {
  const tokens = partTokens(part);
  return part.thought === true
    ? { candidates, thoughts: thoughts + tokens }
    : { candidates: candidates + tokens, thoughts };
}

function usage({ promptTokens }: Answer, { candidates, thoughts }: Spent): UsageMetadata {
  return {
    promptTokenCount: promptTokens,
    ...(candidates > 0 && { candidatesTokenCount: candidates }),
    totalTokenCount: promptTokens + candidates + thoughts,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: promptTokens }],
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
