import { AgproxyError, type Form, type JsonObject } from "agproxy";

/** What is wrong with a field of the request: a 400 whose `param` is the field's name. */
export function wrong(param: string, expected: string): AgproxyError {
  return new AgproxyError("invalid_request", `\`${param}\` must be ${expected}.`, { param });
}

/**
 * A client's body, JSON or a form. Each reader returns `undefined` for a field that is absent or null,
 * and throws `invalid_request` with its name for one of another type. In a form everything is spelled as
 * text, and a field without a value is taken for absent.
 */
export class Fields {
  readonly values: JsonObject;
  readonly #spelled: boolean;

  private constructor(values: JsonObject, spelled: boolean) {
    this.values = values;
    this.#spelled = spelled;
  }

  static of(body: unknown): Fields {
    if (isObject(body)) return new Fields(body, false);
    throw wrong("body", "an object");
  }

  static ofForm({ fields }: Form): Fields {
    const spelled = [...fields].filter(([, [value]]) => value !== undefined && value !== "");
    return new Fields(
      Object.fromEntries(
        spelled.map(([key, values]) => [key, key.endsWith("[]") ? values : values[0]]),
      ),
      true,
    );
  }

  get(key: string): unknown {
    return this.values[key] ?? undefined;
  }

  /** Whether the client said anything under `key`, be it in parts, as forms write an object or a list. */
  has(key: string): boolean {
    if (this.get(key) !== undefined) return true;
    return this.#spelled && Object.keys(this.values).some((name) => name.startsWith(`${key}[`));
  }

  /** The object under `key`, or nothing where it is none: for fields that other software put there. */
  peek(key: string): Fields | undefined {
    const value = this.values[key];
    return isObject(value) ? new Fields(value, false) : undefined;
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

  boolean(key: string): boolean | undefined {
    const value = this.#spelled ? spelledBoolean(this.get(key)) : this.get(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrong(key, "true or false");
  }

  number(key: string): number | undefined {
    const given = this.get(key);
    if (given === undefined) return undefined;
    const value = this.#spelled ? Number(given) : given;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw wrong(key, "a number");
  }

  /** Words of a list. Forms name each item `key[]`; a single word is a list of one. */
  words(key: string): readonly string[] {
    const value = this.get(`${key}[]`) ?? this.get(key) ?? [];
    return (Array.isArray(value) ? value : [value]).map((word: unknown) => {
      if (typeof word === "string") return word;
      throw wrong(key, "an array of strings");
    });
  }
}

function spelledBoolean(text: unknown): unknown {
  return text === "true" ? true : text === "false" ? false : text;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
