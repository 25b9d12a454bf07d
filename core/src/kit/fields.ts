import type { JsonObject } from "../vocabulary/chat.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";

/** What is wrong with a field of the request: a 400 whose `param` is the field's path. */
export function wrong(param: string, expected: string): AgproxyError {
  return new AgproxyError("invalid_request", `\`${param}\` must be ${expected}.`, { param });
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * One object of a client's body. Each reader returns `undefined` for a field that is absent or null,
 * and throws `invalid_request` with the field's path for one of another type. In a form everything is
 * spelled as text, and a field without a value is taken for absent.
 */
export class Fields {
  readonly values: JsonObject;
  /** The object's own path; `""` for the whole body. */
  readonly at: string;
  readonly #spelled: boolean;

  private constructor(values: JsonObject, at: string, spelled = false) {
    this.values = values;
    this.at = at;
    this.#spelled = spelled;
  }

  static of(value: unknown, at: string): Fields {
    if (isObject(value)) return new Fields(value, at);
    throw wrong(at === "" ? "body" : at, "an object");
  }

  static ofForm({ fields }: Form): Fields {
    const spelled = [...fields].filter(([, [value]]) => value !== undefined && value !== "");
    const values = spelled.map(([key, all]) => [key, key.endsWith("[]") ? all : all[0]] as const);
    return new Fields(Object.fromEntries(values), "", true);
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
    const value = this.#spelled ? spelledBoolean(this.get(key)) : this.get(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(key, "true or false");
  }

  number(key: string): number | undefined {
    const value = this.#figure(key);
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw this.wrong(key, "a number");
  }

  integer(key: string, least = -Infinity, most = Infinity): number | undefined {
    const value = this.#figure(key);
    if (value === undefined) return undefined;
    const fits = typeof value === "number" && Number.isInteger(value);
    if (fits && value >= least && value <= most) return value;
    const upTo = Number.isFinite(most) ? `to ${most}` : "up";
    throw this.wrong(
      key,
      Number.isFinite(least) ? `an integer from ${least} ${upTo}` : "an integer",
    );
  }

  /** What stands where a number belongs. */
  #figure(key: string): unknown {
    const value = this.get(key);
    return this.#spelled && value !== undefined ? Number(value) : value;
  }

  /** Whether the client said anything under `key`, be it in parts, as forms write an object or a list. */
  has(key: string): boolean {
    if (this.get(key) !== undefined) return true;
    return this.#spelled && Object.keys(this.values).some((name) => name.startsWith(`${key}[`));
  }

  /** Words of a list. Forms name each item `key[]`; a single word is a list of one. */
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

function spelledBoolean(text: unknown): unknown {
  return text === "true" ? true : text === "false" ? false : text;
}

/** JSON text of a value that came as JSON. */
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

/** The same object without the fields that are undefined: the vocabulary says "absent", never `undefined`. */
export function defined<T extends object>(values: T): Optional<T> & Required<T> {
  const kept: Record<string, unknown> = {};
  for (const key in values) if (values[key] !== undefined) kept[key] = values[key];
  return kept as Optional<T> & Required<T>;
}

/** A form that a client sent. */
export interface Form {
  /** The values of each field that is no file, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly FormFile[];
}

export interface FormFile {
  readonly field: string;
  readonly filename: string;
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}
