import { AgproxyError, type JsonObject } from "agproxy";

/**
 * A client's body. Each reader returns `undefined` for a field that is absent or null, and throws
 * `invalid_request` with its name for one of another type.
 */
export class Fields {
  readonly #values: object;

  private constructor(values: object) {
    this.#values = values;
  }

  static of(body: unknown): Fields {
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return new Fields(body);
    throw wrong("body", "an object");
  }

  get(key: string): unknown {
    const value: unknown = Reflect.get(this.#values, key);
    return value ?? undefined;
  }

  /** The object under `key`, or nothing where it is none: for fields that other software put there. */
  peek(key: string): JsonObject | undefined {
    const value = this.get(key);
    return typeof value === "object" && !Array.isArray(value) ? { ...value } : undefined;
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

/** What is wrong with a field of the request: a 400 whose `param` is the field's name. */
export function wrong(param: string, expected: string): AgproxyError {
  return new AgproxyError("invalid_request", `\`${param}\` must be ${expected}.`, { param });
}
