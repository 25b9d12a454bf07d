import { AgproxyError } from "@agproxy/core";

/**
 * No person writes and no model follows so much: a guard against schemas that explode when references are written
 * out.
 */
const maxNodes = 20_000;
const maxDepth = 100;

/** Counts the nodes of one schema on their way through a translation. */
export interface Allowance {
  /** Throws `invalid_request` where the schema has one node too many, or lies too deep. */
  spend(depth: number): void;
}

/** @param param the request field at fault, should the schema be too large */
export function allowance(param: string): Allowance {
  let left = maxNodes;
  return {
    spend(depth) {
      left -= 1;
      if (left < 0) throw tooLarge(param, `has more than ${maxNodes} nodes`);
      if (depth > maxDepth) throw tooLarge(param, `is nested more than ${maxDepth} levels deep`);
    },
  };
}

/**
 * Throws `invalid_request` for a schema beyond the limits. Walks without recursion: a deep schema would overflow the
 * stack.
 */
export function checkSize(
  schema: unknown,
  param: string,
  visit: (node: object) => void = () => {},
): void {
  const { spend } = allowance(param);
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: schema, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    spend(depth);
    visit(value);
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
}

function tooLarge(param: string, how: string): AgproxyError {
  return new AgproxyError("invalid_request", `The JSON Schema at ${param} ${how}.`, {
    param,
    advice: "Send a smaller schema: fewer levels, fewer definitions that refer to each other.",
  });
}
