import { fields, list, type AnyFields } from "../shape.ts";
import { AgproxyError } from "@agproxy/core";

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
  call: AnyFields,
  signature: string | undefined,
): PartialCall {
  const args = Object.assign(emptyTree(), fields(call.args));
  return { name, vendorId: call.id, signature, args, openPath: undefined };
}

/** Adds the pieces of one event. */
export function addPieces(partial: PartialCall, call: AnyFields): void {
  for (const piece of list(call.partialArgs)) addPiece(partial, fields(piece) ?? {});
}

function addPiece(partial: PartialCall, piece: AnyFields): void {
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

function pieceValue(piece: AnyFields): unknown {
  if ("nullValue" in piece) return null;
  return piece.stringValue ?? piece.numberValue ?? piece.boolValue;
}

type PathStep = string | number;

/** No model writes an array this long; a larger index would allocate a huge one. */
const maxArrayIndex = 10_000;

/** The steps of a path such as `$.items[0]['a b'].name`; the path itself as one step where it is none. */
function pathSteps(path: string): readonly PathStep[] {
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
  const steps: PathStep[] = [];
  step.lastIndex = path.startsWith("$") ? 1 : 0;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null) return [path];
    const [, name, index, single, double] = match;
    if (index !== undefined && Number(index) > maxArrayIndex) return [path];
    steps.push(
      index === undefined
        ? (name ?? (single ?? double ?? "").replaceAll(/\\(.)/g, "$1"))
        : Number(index),
    );
  }
  return steps.length === 0 ? [path] : steps;
}

/** An object or array under construction. Objects have no prototype, so that any key is just a key. */
type Tree = Record<PathStep, unknown>;

function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

/** Changes the value at a path, making what is missing on the way. */
function change(root: Tree, steps: readonly PathStep[], update: (old: unknown) => unknown): void {
  let node = root;
  steps.forEach((step, position) => {
    if (Array.isArray(node) && typeof step === "string") {
      throw new AgproxyError(
        "upstream_unreadable",
        "A streamed tool call sets a named field of an array.",
      );
    }
    const next = steps[position + 1];
    if (next === undefined) node[step] = update(node[step]);
    else node = descend(node, step, typeof next === "number");
  });
}

function descend(node: Tree, step: PathStep, intoArray: boolean): Tree {
  const old = Object.hasOwn(node, step) ? node[step] : undefined;
  if (typeof old === "object" && old !== null) return old as Tree;
  const made = intoArray ? ([] as unknown as Tree) : emptyTree();
  node[step] = made;
  return made;
}
