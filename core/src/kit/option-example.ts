import { isObject } from "./fields.ts";

/** A plugin's example where it has the option, and else one of the option's own: with its default, or something of its kind. */
export function exampleWith(example: string, option: string, schema: unknown): string {
  const call = example.slice(0, example.indexOf("(") + 1);
  const isShown = example.includes(`${option}:`) || example.includes(`"${option}"`);
  if (isShown || call === "") return example;
  const name = /^[A-Za-z_]\w*$/.test(option) ? option : JSON.stringify(option);
  return `${call}{ ${name}: ${sample(schema)} })`;
}

/** Something that a schema of valibot lets through, or nearly. */
function sample(schema: unknown): string {
  if (!isObject(schema)) return "…";
  const { type, wrapped, options, item, value, entries, pipe, default: usual } = schema;
  switch (type) {
    case "optional":
    case "nullish":
      return isTelling(usual) ? JSON.stringify(usual) : sample(wrapped);
    case "number":
      return String(leastIn(pipe));
    case "boolean":
      return "true";
    case "picklist":
      return Array.isArray(options) ? JSON.stringify(options[0]) : "…";
    case "array":
      return `[${sample(item)}]`;
    case "record":
      return `{ "…": ${sample(value)} }`;
    case "string":
      return '"…"';
    default: {
      const [first] = isObject(entries) ? Object.entries(entries) : [];
      return first === undefined ? "…" : `{ ${first[0]}: ${sample(first[1])} }`;
    }
  }
}

/** Whether a default shows how an option is written. */
function isTelling(usual: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof usual);
}

/** The least number of a pipe that asks for one, and else 1. */
function leastIn(pipe: unknown): number {
  const actions: readonly unknown[] = Array.isArray(pipe) ? pipe : [];
  const least = actions.find((action) => isObject(action) && action["type"] === "min_value");
  const requirement = isObject(least) ? least["requirement"] : undefined;
  return typeof requirement === "number" ? Math.max(1, requirement) : 1;
}
