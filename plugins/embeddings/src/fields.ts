import { AgproxyError, type JsonObject } from "agproxy";

/** What is wrong with a field of the request: a 400 whose `param` is the field's name. */
export function wrong(param: string, expected: string): AgproxyError {
  return new AgproxyError("invalid_request", `\`${param}\` must be ${expected}.`, { param });
}

/**
 * A client's body. Each reader returns `undefined` for a field that is absent or null, and throws
 * `invalid_request` with its name for one of another type.
 */
export class Fields {
  readonly values: JsonObject;

  private constructor(values: JsonObject) {
    this.values = values;
  }

  static of(body: unknown): Fields {
    if (isObject(body)) return new Fields(body);
    throw wrong("body", "an object");
  }

  get(key: string): unknown {
    return this.values[key] ?? undefined;
  }

  /** The object under `key`, or nothing where it is none: for fields that other software put there. */
  peek(key: string): Fields | undefined {
    const value = this.values[key];
    return isObject(value) ? new Fields(value) : undefined;
  }

  string(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === "string") return value;
    throw wrong(key, "a string");
  }

  /** A string that must be there and say something. */
  name(key: string): string {
    const value = this.string(key);
    if (value === undefined || value === "") throw wrong(key, "a non-empty string");
    return value;
  }

  integer(key: string, least: number): number | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
    throw wrong(key, `an integer from ${least} up`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
