import { change, emptyTree, pathSteps, type Tree } from "./json-path.ts";
import { fields, list, type Fields } from "./shape.ts";

/**
 * A function call that arrives in pieces, each with a path into the arguments and a value.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export interface PartialCall {
  readonly name: string;
  readonly vendorId: unknown;
  signature: string | undefined;
  readonly args: Tree;
  /** The path of a string that goes on in the next piece. */
  openPath: string | undefined;
}

export function partialCall(
  name: string,
  call: Fields,
  signature: string | undefined,
): PartialCall {
  const args = Object.assign(emptyTree(), fields(call.args));
  return { name, vendorId: call.id, signature, args, openPath: undefined };
}

/** Adds the pieces of one event. */
export function addPieces(partial: PartialCall, call: Fields): void {
  for (const piece of list(call.partialArgs)) addPiece(partial, fields(piece) ?? {});
}

function addPiece(partial: PartialCall, piece: Fields): void {
  const path = typeof piece.jsonPath === "string" ? piece.jsonPath : "";
  const goesOn = partial.openPath === path;
  const value = pieceValue(piece);
  if (value !== undefined) {
    change(partial.args, pathSteps(path), (old) =>
      goesOn && typeof old === "string" && typeof value === "string" ? old + value : value,
    );
  }
  partial.openPath = piece.willContinue === true ? path : undefined;
}

function pieceValue(piece: Fields): unknown {
  if ("nullValue" in piece) return null;
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue;
}
