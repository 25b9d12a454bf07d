import type { JsonObject } from "../vocabulary/chat.ts";
import { isObject } from "./fields.ts";

/**
 * Readers of JSON that a vendor sent: for a value of another shape they return undefined, and never throw. For what a client
 * sent, `Fields` says what is wrong.
 *
 * @example
 * const usage = objectIn(objectIn(JSON.parse(text))?.["usage"]);
 * const inputTokens = countIn(usage?.["input"]) ?? 0;
 */
export function objectIn(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The items of a list; none where it is no list. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects in a list; none where it is no list. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return listIn(value).filter(isObject);
}

/** A string that is not empty. */
export function wordIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A count of something: a finite number that is not negative. */
export function countIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The value of a JSON text; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
