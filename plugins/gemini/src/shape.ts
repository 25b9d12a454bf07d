/** A JSON object with unchecked content. */
export type AnyFields = Readonly<Record<string, unknown>>;

/** Readers of unchecked JSON: for a value of another shape they return undefined, and never throw. */
export function fields(value: unknown): AnyFields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as AnyFields)
    : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string that is not empty. */
export function word(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A count of something: a finite number that is not negative. */
export function count(value: unknown): number | undefined {
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
