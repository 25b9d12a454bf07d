import type { JsonObject } from "../vocabulary/chat.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";

/**
 * The error about a field of a request: a 400 `invalid_request` whose `param` is the field's path.
 *
 * @example
 * throw wrong("messages[0].content", "a string");
 */
export function wrong(param: string, expected: string): AgproxyError {
  return new AgproxyError("invalid_request", `\`${param}\` must be ${expected}.`, { param });
}

/**
 * Whether a value is an object, and neither null nor an array.
 *
 * @example isObject([]) // false
 */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * One object of a client's body. Each reader returns `undefined` for a field that is absent or null, and throws
 * `invalid_request` with the field's path for one of another type. In a form all values are text, and an empty one counts
 * as absent.
 *
 * @example
 * const fields = Fields.of(body, "");
 * const model = fields.name("model");
 * const temperature = fields.number("temperature");
 * const messages = fields.objects("messages").map((message) => message.string("content"));
 */
export class Fields {
  readonly values: JsonObject;
  /** The object's own path; `""` for the whole body. */
  readonly at: string;
  /** Whether values are text, as in a form. */
  readonly #isText: boolean;

  private constructor(values: JsonObject, at: string, isText = false) {
    this.values = values;
    this.at = at;
    this.#isText = isText;
  }

  /** Reads a JSON value. Throws `invalid_request` where it is no object. `at` is its path. */
  static of(value: unknown, at: string): Fields {
    if (isObject(value)) return new Fields(value, at);
    throw wrong(at === "" ? "body" : at, "an object");
  }

  /** Reads the fields of a form. */
  static ofForm({ fields }: Form): Fields {
    const filled = [...fields].filter(([, [value]]) => value !== undefined && value !== "");
    const values = filled.map(([key, all]) => [key, key.endsWith("[]") ? all : all[0]] as const);
    return new Fields(Object.fromEntries(values), "", true);
  }

  /** The path of a field, as `param` of an error has it. */
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

  /** A string that must be there and not be empty. */
  name(key: string): string {
    const value = this.string(key);
    if (value === undefined || value === "") throw this.wrong(key, "a non-empty string");
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.#isText ? textBoolean(this.get(key)) : this.get(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(key, "true or false");
  }

  number(key: string): number | undefined {
    const value = this.#numeric(key);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw this.wrong(key, "a number");
  }

  integer(key: string, min = -Infinity, max = Infinity): number | undefined {
    const value = this.#numeric(key);
    if (value === undefined) return undefined;
    const isInteger = typeof value === "number" && Number.isInteger(value);
    if (isInteger && value >= min && value <= max) return value;
    const upTo = Number.isFinite(max) ? `to ${max}` : "up";
    throw this.wrong(key, Number.isFinite(min) ? `an integer from ${min} ${upTo}` : "an integer");
  }

  /** A value that should be a number; a form's text is converted. */
  #numeric(key: string): unknown {
    const value = this.get(key);
    return this.#isText && value !== undefined ? Number(value) : value;
  }

  /** Whether a field is there; also in parts (`key[…]`), as forms write objects and lists. */
  has(key: string): boolean {
    if (this.get(key) !== undefined) return true;
    return this.#isText && Object.keys(this.values).some((name) => name.startsWith(`${key}[`));
  }

  /** A list of strings. A single string is a list of one; forms name each item `key[]`. */
  words(key: string): readonly string[] {
    const value = this.get(`${key}[]`) ?? this.get(key) ?? [];
    return (Array.isArray(value) ? value : [value]).map((word: unknown) => {
      if (typeof word === "string") return word;
      throw this.wrong(key, "an array of strings");
    });
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

  /** The object under `key`, or this one where the client wrote its fields flat. */
  nested(key: string): Fields {
    return this.object(key) ?? this;
  }

  /** The object under `key`; undefined, not an error, for another type. For fields that other software adds. */
  peek(key: string): Fields | undefined {
    const value = this.values[key];
    return isObject(value) ? new Fields(value, this.path(key)) : undefined;
  }

  /** The objects of the list under `key`, without null entries. */
  objects(key: string): readonly Fields[] {
    const at = this.path(key);
    return (this.list(key) ?? []).flatMap((value, index) =>
      value === null ? [] : [Fields.of(value, `${at}[${index}]`)],
    );
  }

  /** This object as JSON text. */
  json(): string {
    return jsonText(this.values, this.at);
  }
}

function textBoolean(text: unknown): unknown {
  return text === "true" ? true : text === "false" ? false : text;
}

/** A value that came as JSON, as text again. Throws `invalid_request` where it is nested too deeply. */
export function jsonText(value: unknown, param: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw wrong(param, "nested less deeply");
  }
}

type Optional<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/**
 * The same object without fields that are undefined, as the vocabulary has no `undefined` fields.
 *
 * @example
 * const sampling = defined({ temperature: fields.number("temperature"), seed: fields.integer("seed") });
 */
export function defined<T extends object>(values: T): Optional<T> & Required<T> {
  const kept: Record<string, unknown> = {};
  for (const key in values) if (values[key] !== undefined) kept[key] = values[key];
  return kept as Optional<T> & Required<T>;
}

/** A `multipart/form-data` body. */
export interface Form {
  /** The values of each field that is not a file, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly FormFile[];
}

/** A file in a form. */
export interface FormFile {
  readonly field: string;
  readonly filename: string;
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}
