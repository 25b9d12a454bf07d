/** Gemini's own Schema. Source: https://ai.google.dev/api/caching#Schema */
export interface GeminiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly string[];
  readonly items?: GeminiSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, GeminiSchema>>;
  readonly required?: readonly string[];
  readonly propertyOrdering?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly GeminiSchema[];
}

export interface Words {
  readonly title?: unknown;
  readonly description?: readonly unknown[];
}

/**
 * Adds a title and a description. Nothing may stand beside `anyOf`, so a choice gets them in its first alternative.
 */
export function described(schema: GeminiSchema, { title, description = [] }: Words): GeminiSchema {
  const [first, ...others] = schema.anyOf ?? [];
  if (first !== undefined) {
    return { anyOf: [described(first, { title, description }), ...others] };
  }
  const second = schema.title === undefined ? undefined : title;
  const lines = [second, ...description, schema.description].filter(
    (line) => typeof line === "string" && line !== "",
  );
  return {
    ...schema,
    ...(typeof title === "string" && title !== "" && second === undefined ? { title } : {}),
    ...(lines.length === 0 ? {} : { description: lines.join("\n") }),
  };
}

/** The same schema, which takes `null` too. */
export function nullable(schema: GeminiSchema): GeminiSchema {
  if (schema.anyOf === undefined) return { ...schema, nullable: true };
  return { anyOf: schema.anyOf.map(nullable) };
}

/** A choice of several schemas. One schema alone is no choice, and `null` is a flag of the others. */
export function choiceOf(schemas: readonly GeminiSchema[]): GeminiSchema {
  const flat = schemas.flatMap((schema) => schema.anyOf ?? [schema]);
  const nulls = flat.filter(({ type }) => type === "NULL");
  const values = flat.filter(({ type }) => type !== "NULL");
  const [only = { type: "NULL" }, ...others] = values;
  const choice = others.length === 0 ? only : { anyOf: values };
  const told = described(choice, { description: nulls.map(({ description }) => description) });
  return nulls.length === 0 || values.length === 0 ? told : nullable(told);
}

/** An object of any keys. Gemini refuses an object without properties, so it has an optional one. */
export const anyObject: GeminiSchema = {
  type: "OBJECT",
  properties: {
    _: {
      type: "STRING",
      nullable: true,
      description: "A placeholder. Leave it out, and write the object's own keys.",
    },
  },
};

const scalars: readonly GeminiSchema[] = [
  { type: "STRING", nullable: true },
  { type: "NUMBER" },
  { type: "BOOLEAN" },
];

/** Nested lists end here: without references, a recursive schema cannot be written. */
const listDepth = 2;

/** Any value. Gemini refuses a schema without a type. */
export function anything(depth = listDepth): GeminiSchema {
  const lists = depth === 0 ? [] : [{ type: "ARRAY", items: anything(depth - 1) }];
  return { anyOf: [...scalars, anyObject, ...lists] };
}
