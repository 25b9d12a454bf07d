import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isObject } from "agproxy";

export type Json = Readonly<Record<string, unknown>>;

/** Where the description and recorded traffic of the real API differ: errors that are none. */
export interface Quirks {
  /** A required property that may be missing from the object at a path, there of a type if one is given. */
  readonly required: readonly {
    readonly prop: string;
    readonly path: string;
    readonly type?: string;
  }[];
  /** A value that may break a keyword at a path; without `value` and `valueRe`, any value. */
  readonly values: readonly {
    readonly path: string;
    readonly keyword: string;
    readonly value?: unknown;
    readonly valueRe?: string;
  }[];
}

export interface Description {
  readonly spec: Json;
  readonly quirks: Quirks;
}

const folder = fileURLToPath(new URL("../../../shared/openapi/", import.meta.url));

/** OpenAI's own API description and its quirks; `undefined` where this checkout has none beside it. */
export function loadDescription(): Description | undefined {
  if (!existsSync(`${folder}spec.json`)) return undefined;
  return { spec: read("spec.json") as Json, quirks: read("quirks.json") as Quirks };
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(folder + name, "utf8"));
}

/** The value at a JSON pointer such as `#/components/schemas/Model`. */
export function at(root: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<unknown>((value, step) => {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (isObject(value)) return value[key];
    return Array.isArray(value) ? (value[Number(key)] as unknown) : undefined;
  }, root);
}
