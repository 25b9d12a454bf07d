import type { ChoiceState, PartReader, ToolCallEvent } from "./choice.ts";
import { addPieces, partialCall, type PartialCall } from "./partial-call.ts";
import { word, type AnyFields } from "../shape.ts";

/** Reads a `functionCall`: a whole call, or a piece of one. Only whole calls become events. */
export function readCall(
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
