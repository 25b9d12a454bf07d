import { AgproxyError } from "@agproxy/core";

type Step = string | number;

/** An index far beyond this is no array a model writes. */
const indexLimit = 10_000;

/** The steps of a path such as `$.items[0]['a b'].name`; the path itself as one step where it is none. */
export function pathSteps(path: string): readonly Step[] {
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
  const steps: Step[] = [];
  step.lastIndex = path.startsWith("$") ? 1 : 0;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null) return [path];
    const [, name, index, single, double] = match;
    if (index !== undefined && Number(index) > indexLimit) return [path];
    steps.push(
      index === undefined
        ? (name ?? (single ?? double ?? "").replaceAll(/\\(.)/g, "$1"))
        : Number(index),
    );
  }
  return steps.length === 0 ? [path] : steps;
}

/** An object or array under construction. Objects have no prototype, so that any key is just a key. */
export type Tree = Record<Step, unknown>;

export function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

/** Changes the value at a path, making what is missing on the way. */
export function change(
  root: Tree,
  steps: readonly Step[],
  update: (old: unknown) => unknown,
): void {
  let node = root;
  steps.forEach((step, position) => {
    if (Array.isArray(node) && typeof step === "string") {
      throw new AgproxyError("upstream_unreadable", "A tool call names a field of an array.");
    }
    const next = steps[position + 1];
    if (next === undefined) node[step] = update(node[step]);
    else node = descend(node, step, typeof next === "number");
  });
}

function descend(node: Tree, step: Step, intoArray: boolean): Tree {
  const old = Object.hasOwn(node, step) ? node[step] : undefined;
  if (typeof old === "object" && old !== null) return old as Tree;
  const made = intoArray ? ([] as unknown as Tree) : emptyTree();
  node[step] = made;
  return made;
}
