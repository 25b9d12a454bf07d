import type { GeminiSchema } from "./schema-wire.ts";

/** An object of any keys. The upstream refuses an object without a property, so it has one that is free. */
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

/** Lists inside of lists end here; a schema that goes on for ever cannot be written. */
const listDepth = 2;

/** Any value. The upstream refuses a schema without a type. */
export function anything(depth = listDepth): GeminiSchema {
  const lists = depth === 0 ? [] : [{ type: "ARRAY", items: anything(depth - 1) }];
  return { anyOf: [...scalars, anyObject, ...lists] };
}
