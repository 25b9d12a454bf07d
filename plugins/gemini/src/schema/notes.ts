/** A keyword that the upstream has no word for, as a sentence the model reads. */
export function constraint(keyword: string, value: unknown): string {
  return `${keyword}: ${JSON.stringify(value)}`;
}

/** Keywords that say nothing about a value, or whose meaning has been read already. */
const silent: ReadonlySet<string> = new Set([
  "$anchor",
  "$comment",
  "$defs",
  "$dynamicAnchor",
  "$id",
  "$schema",
  "$vocabulary",
  "definitions",
  "description",
  "id",
  "nullable",
  "title",
  "type",
]);

/** What is left of a schema once `used` is said: a sentence a keyword. */
export function leftovers(
  keywords: Readonly<Record<string, unknown>>,
  used: ReadonlySet<string>,
): readonly (readonly [keyword: string, value: unknown])[] {
  return Object.entries(keywords).filter(
    ([keyword, value]) =>
      !silent.has(keyword) && !used.has(keyword) && value !== undefined && !isEmpty(keyword, value),
  );
}

/** Objects have no other properties than those they declare: it is what the upstream makes of them anyway. */
function isEmpty(keyword: string, value: unknown): boolean {
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    return typeof value === "boolean" || isEmptyObject(value);
  }
  if (keyword === "default" || keyword === "not") return false;
  return Array.isArray(value) ? value.length === 0 : isEmptyObject(value);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
