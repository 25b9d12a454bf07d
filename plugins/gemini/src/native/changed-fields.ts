import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@agproxy/core";

/** An object with some fields set; those whose value is undefined are taken away. What stays keeps its place. */
export function changedFields(own: JsonObject, changes: JsonObject): JsonObject {
  const names = Object.keys(changes);
  if (names.length === 0) return own;
  const kept = Object.entries({ ...own, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept);
}

/** The fields in which two translations differ, as the later one has them. */
export function changedNames(before: JsonObject, after: JsonObject): JsonObject {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}
