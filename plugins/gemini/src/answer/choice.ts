import type { ChatEvent } from "@agproxy/core";
import type { PartialCall } from "./partial-call.ts";
import type { AnyFields } from "../shape.ts";

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
  };
}
