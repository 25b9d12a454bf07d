import { chooseCalls } from "./call-choice.ts";
import type { Failure } from "./failure.ts";
import { limit } from "./limits.ts";
import { drawsImages, generation } from "./models.ts";
import { picture } from "./picture.ts";
import { type Prompt, readPrompt } from "./prompt.ts";
import { schemaSample } from "./schema-sample.ts";
import { signatureFor } from "./signature-rules.ts";
import { promptTokens } from "./tokens.ts";
import type { FunctionCall, GenerateRequest, JsonObject, Part } from "./wire.ts";

export interface PlannedCandidate {
  /** In the pieces that a stream sends one by one. */
  readonly pieces: readonly Part[];
  /** Absent: the answer stops without one. */
  readonly finishReason?: string;
  readonly finishMessage?: string;
}

/** A whole answer before it is put on the wire. */
export interface Answer {
  readonly candidates: readonly PlannedCandidate[];
  readonly promptTokens: number;
  readonly promptFeedback?: JsonObject;
  /** How many alternatives of each token to list; absent is no logprobs at all. */
  readonly logprobs?: number;
}

const introduction = "This is the agproxy sandbox, no model behind it.";

/** What the sandbox answers. The same request gives the same answer. */
export function answerTo(model: string, request: GenerateRequest, failure?: Failure): Answer {
  const tokens = promptTokens(request);
  switch (failure) {
    case "blocked":
      return { candidates: [], promptTokens: tokens, promptFeedback: { blockReason: "SAFETY" } };
    case "empty":
      return { candidates: [{ pieces: [], finishReason: "STOP" }], promptTokens: tokens };
    case "malformed-call":
      return { candidates: [malformed], promptTokens: tokens };
    default:
      return answered(model, request, tokens, failure !== "no-finish");
  }
}

const malformed: PlannedCandidate = {
  pieces: [],
  finishReason: "MALFORMED_FUNCTION_CALL",
  finishMessage: "Malformed function call: print(default_api.sandbox(",
};

function answered(
  model: string,
  request: GenerateRequest,
  tokens: number,
  finishes: boolean,
): Answer {
  const {
    candidateCount = 1,
    responseLogprobs,
    logprobs = 0,
    ...config
  } = request.generationConfig ?? {};
  const prompt = readPrompt(request);
  const candidates = Array.from({ length: candidateCount }, (_, index) => {
    const { pieces, finishReason } = limit(content(model, request, prompt, index), config);
    return finishes ? { pieces, finishReason } : { pieces };
  });
  const answer = { candidates, promptTokens: tokens };
  return responseLogprobs === true ? { ...answer, logprobs } : answer;
}

function content(model: string, request: GenerateRequest, prompt: Prompt, index: number): Part[] {
  const { thinkingConfig, responseMimeType, imageConfig, responseModalities } =
    request.generationConfig ?? {};
  const thoughts: Part[] = thinkingConfig?.includeThoughts === true ? [...thinking(prompt)] : [];
  const calls = chooseCalls(request, prompt);
  if (calls.length > 0) return [...thoughts, ...callParts(model, calls)];
  if (responseMimeType === "application/json" || responseMimeType === "text/x.enum") {
    return [...thoughts, ...jsonPieces(request, prompt), ...signed(model)];
  }
  const words = textPieces(speech(prompt, index));
  if (!drawsImages(model)) return [...thoughts, ...words, ...signed(model)];
  const data = picture(`${prompt.text}${index}`, imageConfig?.aspectRatio);
  const image = { inlineData: { mimeType: "image/png", data } };
  const isMute = responseModalities !== undefined && !responseModalities.includes("TEXT");
  return isMute ? [...thoughts, image] : [...thoughts, ...words, image];
}

function thinking({ text }: Prompt): readonly Part[] {
  return [
    { text: "**Reading the prompt**\n\n", thought: true },
    {
      text: `The sandbox has no model to think with. It reads: ${quote(text, 200)}\n\n`,
      thought: true,
    },
  ];
}

function callParts(model: string, calls: readonly FunctionCall[]): Part[] {
  return calls.map((functionCall, i) => {
    // Of parallel calls only the first carries a signature.
    const isSigned = i === 0 && generation(model) >= 3;
    if (!isSigned) return { functionCall };
    return { functionCall, thoughtSignature: signatureFor(functionCall.name ?? "") };
  });
}

/** From Gemini 3 on, a text ends with an empty part that carries a signature. */
function signed(model: string): Part[] {
  return generation(model) >= 3 ? [{ text: "", thoughtSignature: signatureFor("") }] : [];
}

function jsonPieces(request: GenerateRequest, prompt: Prompt): Part[] {
  const { responseSchema, responseJsonSchema, responseMimeType } = request.generationConfig ?? {};
  const schema = responseJsonSchema ?? responseSchema;
  const value: unknown =
    schema === undefined
      ? { sandbox: introduction, prompt: quote(prompt.text, 500) }
      : schemaSample(schema, prompt.text);
  const isBare = responseMimeType === "text/x.enum" && typeof value === "string";
  const text = isBare ? value : JSON.stringify(value);
  return (text.match(/[\s\S]{1,12}/gu) ?? []).map((piece) => ({ text: piece }));
}

function textPieces(text: string): Part[] {
  return (text.match(/\s*\S+|\s+$/gu) ?? []).map((word) => ({ text: word }));
}

function speech({ text, files, results }: Prompt, index: number): string {
  const attached = Object.entries(files).map(([kind, n]) => `${n} ${kind}${n === 1 ? "" : "s"}`);
  const returned = results.map(
    ({ name, response }) => `${name} returned: ${quote(JSON.stringify(response ?? {}), 1000)}`,
  );
  return [
    introduction,
    ...(index > 0 ? [`Answer ${index + 1}.`] : []),
    ...returned,
    ...(text === "" ? [] : [`You said: ${quote(text, 500)}`]),
    ...(attached.length === 0 ? [] : [`You sent: ${attached.join(", ")}.`]),
  ].join(" ");
}

function quote(text: string, length: number): string {
  const letters = Array.from(text.slice(0, 2 * length));
  return letters.length > length ? `${letters.slice(0, length).join("")}…` : letters.join("");
}
