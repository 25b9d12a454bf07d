import { AgproxyError, type ChatEvent, type TokenLogprob } from "@agproxy/core";
import { endOfAnswer, finishWord, tellSources } from "./answer-end.ts";
import {
  readPart,
  choiceState,
  type ChoiceState,
  type MediaEvent,
  type PartReader,
  type ToolCallEvent,
} from "./answer-parts.ts";
import { fields, list, word, type AnyFields } from "../shape.ts";

export interface DecoderOptions {
  /** Makes an id for a tool call that came without a usable one. */
  newCallId(): string;
  /** The ids of tool calls so far, where several answers must not share one. */
  readonly callIds?: Set<string>;
  /** The client's name for a function, given the name that Gemini knows. */
  toolName(name: string): string;
  /** Marks a signature before it goes to the client. Absent: signatures go unmarked. */
  mark?(signature: string): string;
  /**
   * Called for each tool call that has a signature, and for each that built-in tools led to. `invocations` is what
   * those tools did, marked like a signature.
   */
  keep?(call: ToolCallEvent, invocations?: string): void;
  /** Called for each picture or other medium that has a signature. */
  keepPicture?(picture: MediaEvent): void;
  /** Whether sources are told with the payload that has them. Otherwise they are told at the end, each once. */
  readonly sourcesAtOnce?: boolean;
  /** Turns an error object in the answer into an error. */
  failure(payload: AnyFields): AgproxyError;
}

/** Reads one answer, payload by payload. Holds the state of one answer and is thrown away with it. */
export interface AnswerDecoder {
  /**
   * Adds the events of one payload, an object or an array of them, to `out`.
   * Throws what the vendor reports, and `upstream_unreadable` for anything that is not an answer.
   */
  read(payload: unknown, out: ChatEvent[]): void;
  /**
   * Adds the events that close the answer. Throws `upstream_cut` for an answer without an end: a streamed one needs a
   * finish reason, a single document only has to say something.
   */
  end(out: ChatEvent[], streamed: boolean): void;
  /** Whether a call has begun whose end has not come. */
  hasOpenCall(): boolean;
  /** Whether everything that was begun has ended, so that the payload may be the last one. */
  mayBeOver(): boolean;
}

const knownFields = [
  "candidates",
  "promptFeedback",
  "usageMetadata",
  "modelVersion",
  "responseId",
  "createTime",
];

const countFields = ["promptTokenCount", "candidatesTokenCount", "totalTokenCount"];

/** A larger index is the vendor's mistake: the list of choices would grow to that size. */
const maxChoices = 128;

/** In one payload of one choice. No answer has so many; each costs many times its bytes in what the client gets. */
const maxParts = 4096;

/** A decoder of `GenerateContentResponse`. Source: https://ai.google.dev/api/generate-content */
export function answerDecoder(options: DecoderOptions): AnswerDecoder {
  const choices = new Map<number, ChoiceState>();
  const callId = callIds(options.newCallId, options.callIds ?? new Set());
  let usage: AnyFields | undefined;
  let feedback: AnyFields | undefined;
  const readerInto = (out: ChatEvent[]): PartReader => ({
    out,
    callId,
    toolName: options.toolName,
    mark: options.mark ?? asItIs,
    keep: options.keep ?? ignore,
    keepPicture: options.keepPicture ?? ignore,
  });

  function read(payload: unknown, out: ChatEvent[]): void {
    if (Array.isArray(payload)) {
      for (const item of payload) read(item, out);
      return;
    }
    const answer = answerFields(payload, options);
    const reader = readerInto(out);
    let position = 0;
    for (const given of bounded(answer.candidates, maxChoices, "candidates")) {
      const said = fields(given) ?? {};
      const choice = choiceAt(choices, said.index, position);
      readChoice(choice, said, reader);
      if (options.sourcesAtOnce === true) tellSources(choice, reader);
      position += 1;
    }
    usage = countingUsage(answer) ?? usage;
    feedback = fields(answer.promptFeedback) ?? feedback;
  }

  return {
    read,
    end(out, streamed) {
      for (const choice of streamed ? [] : choices.values()) {
        if (choice.lastKind !== undefined) choice.finish ??= "STOP";
      }
      endOfAnswer([...choices.values()], usage, feedback, readerInto(out));
    },
    hasOpenCall: () => any(choices, ({ partial }) => partial !== undefined),
    mayBeOver: () =>
      feedback !== undefined ||
      (choices.size > 0 && !any(choices, ({ finish }) => finish === undefined)),
  };
}

/** Asked for each payload, so without a list. */
function any(
  choices: ReadonlyMap<number, ChoiceState>,
  test: (choice: ChoiceState) => boolean,
): boolean {
  for (const choice of choices.values()) if (test(choice)) return true;
  return false;
}

const asItIs = (signature: string): string => signature;
const ignore = () => {};

function answerFields(payload: unknown, options: DecoderOptions): AnyFields {
  const answer = fields(payload);
  if (answer?.error !== undefined && answer.error !== null) throw options.failure(answer);
  if (answer === undefined || !knownFields.some((name) => name in answer)) {
    throw new AgproxyError("upstream_unreadable", "The upstream sent JSON that is not an answer.");
  }
  return answer;
}

/** A list; throws `upstream_unreadable` where it has more than any answer. */
function bounded(value: unknown, most: number, name: string): readonly unknown[] {
  const items = list(value);
  if (items.length <= most) return items;
  throw new AgproxyError(
    "upstream_unreadable",
    `The upstream sent ${items.length} \`${name}\` at once; the maximum is ${most}.`,
  );
}

/** Some events carry usage metadata without counts; they must not replace the counts of earlier events. */
function countingUsage(answer: AnyFields): AnyFields | undefined {
  const usage = fields(answer.usageMetadata);
  return countFields.some((name) => usage?.[name] !== undefined) ? usage : undefined;
}

function choiceAt(
  choices: Map<number, ChoiceState>,
  given: unknown,
  position: number,
): ChoiceState {
  const usable = typeof given === "number" && Number.isInteger(given) && given >= 0;
  const index = usable && given < maxChoices ? given : position;
  const known = choices.get(index);
  if (known !== undefined) return known;
  const made = choiceState(index);
  choices.set(index, made);
  return made;
}

function readChoice(choice: ChoiceState, said: AnyFields, reader: PartReader): void {
  let isFirst = true;
  for (const part of bounded(fields(said.content)?.parts, maxParts, "parts")) {
    readPart(choice, fields(part) ?? {}, isFirst, reader);
    isFirst = false;
  }
  const grounding = fields(said.groundingMetadata);
  if (grounding !== undefined) choice.grounding.push(grounding);
  const read = fields(said.urlContextMetadata);
  for (const page of list(read?.urlMetadata)) choice.pages.push(fields(page) ?? {});
  const cited = fields(said.citationMetadata);
  for (const source of list(cited?.citationSources)) choice.sources.push(fields(source) ?? {});
  for (const source of list(cited?.citations)) choice.sources.push(fields(source) ?? {});
  const result = fields(said.logprobsResult);
  const tokens = result === undefined ? [] : logprobs(result);
  if (tokens.length > 0) reader.out.push({ type: "logprobs", choice: choice.index, tokens });
  const finish = finishWord(said.finishReason);
  if (finish === undefined) return;
  choice.finish = finish;
  choice.finishMessage = word(said.finishMessage);
}

/** Keeps the vendor's id where clients accept it and no other call has it; makes a new one otherwise. */
function callIds(newCallId: () => string, seen: Set<string>): (vendorId: unknown) => string {
  return (vendorId) => {
    const usable =
      typeof vendorId === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(vendorId) && !seen.has(vendorId);
    const id = usable ? vendorId : newCallId();
    seen.add(id);
    return id;
  };
}

/** Source: https://ai.google.dev/api/generate-content#LogprobsResult */
function logprobs(result: AnyFields): readonly TokenLogprob[] {
  const alternatives = list(result.topCandidates);
  return list(result.chosenCandidates).map((chosen, index) => ({
    ...tokenLogprob(chosen),
    top: list(fields(alternatives[index])?.candidates).map(tokenLogprob),
  }));
}

function tokenLogprob(value: unknown): { readonly token: string; readonly logprob: number } {
  const { token, logProbability } = fields(value) ?? {};
  return {
    token: typeof token === "string" ? token : "",
    logprob: typeof logProbability === "number" ? logProbability : 0,
  };
}
