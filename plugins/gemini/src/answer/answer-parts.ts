import { type ChatEvent, mediaKindOf } from "@agproxy/core";
import { fields, word, type AnyFields } from "../shape.ts";
import { type PartialCall, addPieces, partialCall } from "./partial-call.ts";

/** Reads one part of an answer. The first part of an event may continue the last part of the event before. */
export function readPart(
  choice: ChoiceState,
  part: AnyFields,
  first: boolean,
  reader: PartReader,
): void {
  const given = word(part.thoughtSignature) ?? word(part.thought_signature);
  const signature = given === undefined ? undefined : reader.mark(given);
  const kind = kindOf(part);
  if (!first || kind !== choice.lastKind || kind === "other") {
    choice.partStarts.push(choice.text.length);
  }
  choice.lastKind = kind;
  if (typeof part.text === "string") readText(choice, part.text, kind, signature, reader);
  if (isInvocation(part)) choice.invocations.push(part);
  const call = fields(part.functionCall);
  if (call !== undefined) readCall(choice, call, signature, reader);
  // A picture drawn while thinking is a sketch of the answer, not a part of it.
  else if (part.thought !== true || part.inlineData === undefined) {
    const event = otherEvent(choice.index, part);
    if (event === undefined) return;
    const said = signature === undefined ? event : { ...event, signature };
    if (said.type === "media" && signature !== undefined) reader.keepPicture(said);
    reader.out.push(said);
  }
}

/**
 * Whether a part says what one of the vendor's own tools did beside functions. The API wants these parts back unchanged,
 * before the function call that they led to; no client can carry them.
 * Source: https://ai.google.dev/gemini-api/docs/tool-combination
 */
function isInvocation({ toolCall, toolResponse }: AnyFields): boolean {
  return fields(toolCall) !== undefined || fields(toolResponse) !== undefined;
}

function kindOf(part: AnyFields): "text" | "thought" | "other" {
  if (typeof part.text !== "string") return "other";
  return part.thought === true ? "thought" : "text";
}

function readText(
  choice: ChoiceState,
  text: string,
  kind: "text" | "thought" | "other",
  signature: string | undefined,
  { out }: PartReader,
): void {
  if (text === "" && signature === undefined) return;
  const type = kind === "thought" ? "reasoning" : "text";
  if (type === "text") choice.text += text;
  const event = { type, choice: choice.index, text } as const;
  out.push(signature === undefined ? event : { ...event, signature });
}

function otherEvent(
  choice: number,
  part: AnyFields,
): Extract<ChatEvent, { type: "media" | "code" | "code-result" }> | undefined {
  const media = fields(part.inlineData);
  if (typeof media?.data === "string") {
    const mimeType = word(media.mimeType) ?? "application/octet-stream";
    return { type: "media", choice, media: mediaKindOf(mimeType), mimeType, data: media.data };
  }
  const code = fields(part.executableCode);
  if (code !== undefined) {
    return { type: "code", choice, language: language(code.language), code: word(code.code) ?? "" };
  }
  const result = fields(part.codeExecutionResult);
  if (result === undefined) return undefined;
  const output = word(result.output) ?? "";
  return { type: "code-result", choice, outcome: outcome(result.outcome), output };
}

/** Python is the only language, and 1 in the enum. */
function language(value: unknown): string {
  return (word(value) ?? "python").toLowerCase();
}

function outcome(value: unknown): "ok" | "failed" | "timeout" {
  if (value === "OUTCOME_OK" || value === 1) return "ok";
  return value === "OUTCOME_DEADLINE_EXCEEDED" || value === 3 ? "timeout" : "failed";
}

export type MediaEvent = Extract<ChatEvent, { type: "media" }>;
export type ToolCallEvent = Extract<ChatEvent, { type: "tool-call" }>;

/** What is known of one choice while it arrives. Lives as long as its stream. */
export interface ChoiceState {
  readonly index: number;
  calledTools: boolean;
  partial: PartialCall | undefined;
  /** The vendor's word; the last one counts. */
  finish: string | undefined;
  finishMessage: string | undefined;
  /** What the vendor's own tools did since the last function call, as it came. */
  readonly invocations: AnyFields[];
  /** All the text shown, for the ranges of citations. */
  text: string;
  readonly partStarts: number[];
  /** The kind of the last part: a part goes on in the next event only if both are of one kind. */
  lastKind: "text" | "thought" | "other" | undefined;
  readonly grounding: AnyFields[];
  readonly sources: AnyFields[];
  /** Pages that the model was asked to read. */
  readonly pages: AnyFields[];
  /** The last of the grounding that has been told and has sources. */
  lastGrounding: AnyFields | undefined;
  /** Citations that have been told, by their place. */
  readonly cited: Set<string>;
}

/** What the parts of every choice share. */
export interface PartReader {
  readonly out: ChatEvent[];
  /** Marks a signature before it goes to the client. */
  mark(signature: string): string;
  /** Called for each tool call that has a signature, and for each that built-in tools led to. */
  keep(call: ToolCallEvent, invocations?: string): void;
  /** Called for each medium that has a signature. */
  keepPicture(picture: MediaEvent): void;
  callId(vendorId: unknown): string;
  toolName(name: string): string;
}

export function choiceState(index: number): ChoiceState {
  return {
    index,
    calledTools: false,
    partial: undefined,
    finish: undefined,
    finishMessage: undefined,
    invocations: [],
    text: "",
    partStarts: [],
    lastKind: undefined,
    grounding: [],
    sources: [],
    pages: [],
    lastGrounding: undefined,
    cited: new Set(),
  };
}

/** Reads a `functionCall`: a whole call, or a piece of one. Only whole calls become events. */
function readCall(
  choice: ChoiceState,
  call: AnyFields,
  signature: string | undefined,
  reader: PartReader,
): void {
  const name = word(call.name);
  if (name !== undefined) endPartialCall(choice, reader);
  const goesOn = call.willContinue === true;
  const inPieces = goesOn || "partialArgs" in call;
  if (name !== undefined && !inPieces) {
    emit(choice, reader, { name, vendorId: call.id, signature, arguments: wholeArguments(call) });
    return;
  }
  if (name !== undefined) choice.partial = partialCall(name, call, signature);
  // A nameless call that continues no other gets an empty name: clients can report it, and it does not vanish.
  else if (choice.partial === undefined && ("args" in call || inPieces)) {
    choice.partial = partialCall("", call, signature);
  }
  if (choice.partial === undefined) return;
  choice.partial.signature ??= signature;
  addPieces(choice.partial, call);
  if (!goesOn) endPartialCall(choice, reader);
}

/** Ends a call that came in pieces: at its last piece, before a new call, or at the end of the answer. */
export function endPartialCall(choice: ChoiceState, reader: PartReader): void {
  const partial: PartialCall | undefined = choice.partial;
  if (partial === undefined) return;
  choice.partial = undefined;
  const { name, vendorId, signature, args } = partial;
  emit(choice, reader, { name, vendorId, signature, arguments: JSON.stringify(args) });
}

function wholeArguments({ args }: AnyFields): string {
  if (typeof args === "string") return args;
  return args === undefined || args === null ? "{}" : JSON.stringify(args);
}

function emit(
  choice: ChoiceState,
  reader: PartReader,
  call: {
    readonly name: string;
    readonly vendorId: unknown;
    readonly signature: string | undefined;
    readonly arguments: string;
  },
): void {
  choice.calledTools = true;
  const event: ToolCallEvent = {
    type: "tool-call",
    choice: choice.index,
    id: reader.callId(call.vendorId),
    name: reader.toolName(call.name),
    arguments: call.arguments,
    ...(call.signature === undefined ? {} : { signature: call.signature }),
  };
  const invocations = takenInvocations(choice, reader);
  if (call.signature !== undefined || invocations !== undefined) reader.keep(event, invocations);
  reader.out.push(event);
}

/** Takes the invocations since the last function call, in the form in which they are kept. */
function takenInvocations(choice: ChoiceState, reader: PartReader): string | undefined {
  if (choice.invocations.length === 0) return undefined;
  return reader.mark(JSON.stringify(choice.invocations.splice(0)));
}
