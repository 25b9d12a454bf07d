import type { JsonObject } from "./chat.ts";
import { AgproxyError } from "./errors.ts";

/** What is wrong with a field of the request: a 400 whose `param` is the field's path. */
export function wrong(param: string, expected: string): AgproxyError {
  return new AgproxyError("invalid_request", `\`${param}\` must be ${expected}.`, { param });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * One object of a client's body. Each reader returns `undefined` for a field that is absent or null,
 * and throws `invalid_request` with the field's path for one of another type.
 */
export class Fields {
  readonly values: JsonObject;
  /** The object's own path; `""` for the whole body. */
  readonly at: string;

  private constructor(values: JsonObject, at: string) {
    this.values = values;
    this.at = at;
  }

  static of(value: unknown, at: string): Fields {
    if (isObject(value)) return new Fields(value, at);
    throw wrong(at === "" ? "body" : at, "an object");
  }

  path(key: string): string {
    return this.at === "" ? key : `${this.at}.${key}`;
  }

  get(key: string): unknown {
    return this.values[key] ?? undefined;
  }

  wrong(key: string, expected: string): AgproxyError {
    return wrong(this.path(key), expected);
  }

  string(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.wrong(key, "a string");
  }

  /** A string that must be there and say something. */
  name(key: string): string {
    const value = this.string(key);
    if (value === undefined || value === "") throw this.wrong(key, "a non-empty string");
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(key, "true or false");
  }

  number(key: string): number | undefined {
    const value = this.get(key);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw this.wrong(key, "a number");
  }

  integer(key: string, least = Number.NEGATIVE_INFINITY): number | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
    throw this.wrong(key, Number.isFinite(least) ? `an integer from ${least} up` : "an integer");
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.get(key);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.wrong(key, "an array");
  }

  object(key: string): Fields | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : Fields.of(value, this.path(key));
  }

  /** The object under `key`, or this one where clients write its fields flat. */
  nested(key: string): Fields {
    return this.object(key) ?? this;
  }

  /** The object under `key`, or nothing where it is none: for fields that other software put there. */
  peek(key: string): Fields | undefined {
    const value = this.values[key];
    return isObject(value) ? new Fields(value, this.path(key)) : undefined;
  }

  /** The objects of the list under `key`; null entries are no entries. */
  objects(key: string): readonly Fields[] {
    const at = this.path(key);
    return (this.list(key) ?? []).flatMap((value, index) =>
      value === null ? [] : [Fields.of(value, `${at}[${index}]`)],
    );
  }

  /** The whole object as JSON text. */
  json(): string {
    return jsonText(this.values, this.at);
  }
}

/** JSON text of a value that came as JSON. */
export function jsonText(value: unknown, param: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw wrong(param, "nested less deeply");
  }
}
