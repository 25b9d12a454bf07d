import type { JsonObject } from "@agproxy/core";
import { content } from "./content.ts";
import type { Failure } from "../server/failure.ts";
import { grounding } from "./grounding.ts";
import { limit } from "./limits.ts";
import { promptCounts } from "./prompt-counts.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { thoughtTokens } from "../rules/thinking-rules.ts";
import { cachedTokens, textTokens } from "./tokens.ts";
import type { Choice, GenerateRequest, ModalityCount, Part } from "../wire.ts";

export interface PlannedChoice {
  /** In the pieces that a stream sends one by one. */
  readonly pieces: readonly Part[];
  /** What the first event says besides. */
  readonly opening?: Partial<Choice>;
  /** What the last event says besides; without a finish reason the answer stops in the middle. */
  readonly closing?: Partial<Choice>;
}

/** The tokens that the model read. */
interface Reading {
  readonly prompt: readonly ModalityCount[];
  /** Of these, those from a cache. */
  readonly cached: number;
  /** What tools on the API's side gave it to read. */
  readonly tools: number;
}

/** A whole answer before it is put on the wire. */
export interface Answer {
  readonly choices: readonly PlannedChoice[];
  readonly read: Reading;
  readonly promptFeedback?: JsonObject;
  /** How many alternatives of each token to list; without it there are no logprobs. */
  readonly logprobs?: number;
}

/** What the sandbox answers. The same request gives the same answer. */
export function answerTo(model: string, request: GenerateRequest, failure?: Failure): Answer {
  const read = { prompt: promptCounts(request), cached: cachedTokens(request), tools: 0 };
  switch (failure) {
    case "blocked":
      return { choices: [], read, promptFeedback: { blockReason: "SAFETY" } };
    case "empty":
      return { choices: [{ pieces: [], closing: { finishReason: "STOP" } }], read };
    case "malformed-call":
      return { choices: [{ pieces: [], closing: malformed }], read };
    default:
      return answered(model, request, read, failure !== "no-finish");
  }
}

const malformed = {
  finishReason: "MALFORMED_FUNCTION_CALL",
  finishMessage: "Malformed function call: print(default_api.sandbox(",
};

function answered(
  model: string,
  request: GenerateRequest,
  read: Reading,
  finishes: boolean,
): Answer {
  const { candidateCount = 1, responseLogprobs, logprobs = 0 } = request.generationConfig ?? {};
  const prompt = readPrompt(request);
  const choices = Array.from({ length: candidateCount }, (_, index) =>
    planned(model, request, prompt, index, finishes),
  );
  const answer = { choices, read: { ...read, tools: toolTokens(choices) } };
  return responseLogprobs === true ? { ...answer, logprobs } : answer;
}

function planned(
  model: string,
  request: GenerateRequest,
  prompt: Prompt,
  index: number,
  finishes: boolean,
): PlannedChoice {
  const whole = content(model, request, prompt, index);
  const { generationConfig = {} } = request;
  const { pieces, finishReason } = limit(
    whole,
    generationConfig,
    thoughtTokens(model, generationConfig),
  );
  const text = pieces.map((piece) => (piece.thought === true ? "" : (piece.text ?? ""))).join("");
  const { opening, closing } =
    text === "" ? { opening: {}, closing: {} } : grounding(request, prompt.text, text);
  return { pieces, opening, closing: finishes ? { finishReason, ...closing } : {} };
}

function toolTokens(choices: readonly PlannedChoice[]): number {
  return choices
    .map(({ pieces, opening = {}, closing = {} }) => {
      const results = pieces.flatMap((piece) => piece.codeExecutionResult ?? []);
      const told = [opening.urlContextMetadata, closing.groundingMetadata, ...results];
      const given = told.filter((one) => one !== undefined);
      return given.length === 0 ? 0 : textTokens(JSON.stringify(given));
    })
    .reduce((a, b) => a + b, 0);
}
