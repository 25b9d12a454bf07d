import { fields } from "../shape.ts";

/** A longer one points nowhere: its steps alone would take seconds. */
export const maxReferenceLength = 4096;

/**
 * What a `$ref` points at inside of its own document: a JSON Pointer or an anchor. Absent where it points
 * nowhere, or out of the document.
 * Source: https://json-schema.org/draft/2020-12/json-schema-core#section-8.2
 */
export function referenced(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  if (reference.length > maxReferenceLength) return undefined;
  const fragment = decoded(reference.slice(1));
  if (fragment === "") return root;
  return fragment.startsWith("/") ? atPointer(root, fragment) : anchored(root, fragment);
}

/** The last word of a reference, for people. */
export function referenceName(reference: string): string {
  const end = Math.max(reference.lastIndexOf("/"), reference.lastIndexOf("#"));
  return decoded(reference.slice(end + 1)) || "schema";
}

function atPointer(root: unknown, pointer: string): unknown {
  let node = root;
  for (const step of pointer.slice(1).split("/")) {
    if (typeof node !== "object" || node === null) return undefined;
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    node = Object.hasOwn(node, key) ? (node as Record<string, unknown>)[key] : undefined;
  }
  return node;
}

function anchored(root: unknown, anchor: string): unknown {
  const { $defs, definitions } = fields(root) ?? {};
  const named = [
    ...Object.values(fields($defs) ?? {}),
    ...Object.values(fields(definitions) ?? {}),
  ];
  return named.find((schema) => {
    const { $anchor, $id } = fields(schema) ?? {};
    return $anchor === anchor || $id === `#${anchor}`;
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
