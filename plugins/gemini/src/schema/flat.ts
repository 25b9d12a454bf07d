import { fields, list } from "../shape.ts";
import type { Allowance } from "./limits.ts";
import { merged, notes, type Keywords, constraint } from "./keywords.ts";
import { referenced, referenceName } from "./references.ts";

/** Where in a document a schema is read. */
export interface Place {
  /** The whole document: what references point into. */
  readonly root: unknown;
  /** References that are being read; one of them again is a cycle. */
  readonly open: ReadonlySet<string>;
  readonly depth: number;
  readonly allowance: Allowance;
}

export interface Flat {
  readonly keywords: Keywords;
  /** Where the inner schemas are read. */
  readonly place: Place;
}

/** A schema without `$ref`, `allOf` and `const`: what they mean is merged into it. */
export function flat(schema: unknown, place: Place): Flat {
  place.allowance.spend(place.depth);
  if (typeof schema === "boolean") return { keywords: boolean(schema), place };
  const { $ref: reference, allOf, const: constant, ...own } = fields(schema) ?? {};
  const isConstant = typeof schema === "object" && schema !== null && "const" in schema;
  const start = isConstant ? merged(own, { enum: [constant] }) : own;
  const parts: Flat[] = [];
  if (typeof reference === "string") parts.push(target(reference, place));
  for (const part of list(allOf)) parts.push(flat(part, deeper(place)));
  return {
    keywords: mergedAll([start, ...parts.map((part) => part.keywords)]),
    place: { ...place, open: new Set([place, ...parts.map((part) => part.place)].flatMap(openIn)) },
  };
}

/** In halves: one after the other, each would copy all that came before it (quadratic). */
function mergedAll(all: readonly Keywords[]): Keywords {
  if (all.length < 2) return all[0] ?? {};
  const half = all.length >> 1;
  return merged(mergedAll(all.slice(0, half)), mergedAll(all.slice(half)));
}

export function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

const openIn = ({ open }: Place) => [...open];

/** `true` accepts every value, `false` none. */
function boolean(schema: boolean): Keywords {
  return schema ? {} : { [notes]: ["No value is valid here."] };
}

function target(reference: string, place: Place): Flat {
  const found = referenced(place.root, reference);
  if (found === undefined) {
    return { keywords: { [notes]: [constraint("$ref", reference)] }, place };
  }
  if (place.open.has(reference)) return { keywords: cut(reference, found), place };
  return flat(found, { ...deeper(place), open: new Set(place.open).add(reference) });
}

/** A schema that contains itself is replaced by its type and its name. */
function cut(reference: string, schema: unknown): Keywords {
  const { type } = fields(schema) ?? {};
  const what = reference === "#" ? "schema" : referenceName(reference);
  return {
    ...(type === undefined ? {} : { type }),
    [notes]: [`Of the same form as the ${what} that contains it.`],
  };
}
