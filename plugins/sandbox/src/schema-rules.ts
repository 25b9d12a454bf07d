import { isObject } from "./request-reading.ts";
import type { JsonObject } from "./wire.ts";

/**
 * What the API's own Schema type refuses beyond unknown fields. JSON Schema fields (`parametersJsonSchema`)
 * are not held to it.
 *
 * Source: https://ai.google.dev/api/caching#Schema
 */
export function schemaFaults(schema: JsonObject, path: string): string[] {
  const at = `* GenerateContentRequest.${path}`;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const faults: string[] = [];
  if (schema.type === "OBJECT" && Object.keys(properties).length === 0) {
    faults.push(`${at}.properties: should be non-empty for OBJECT type`);
  }
  if (schema.type === "ARRAY" && schema.items === undefined) {
    faults.push(`${at}.items: missing field.`);
  }
  if (Array.isArray(schema.enum) && schema.type !== "STRING") {
    faults.push(`${at}.enum: only allowed for STRING type`);
  }
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  required.forEach((name, i) => {
    if (typeof name === "string" && !Object.hasOwn(properties, name)) {
      faults.push(`${at}.required[${i}]: property is not defined`);
    }
  });
  return [...faults, ...innerFaults(schema, properties, path)];
}

function innerFaults(schema: JsonObject, properties: JsonObject, path: string): string[] {
  const inner: [unknown, string][] = [
    [schema.items, `${path}.items`],
    ...Object.entries(properties).map(([name, value]): [unknown, string] => [
      value,
      `${path}.properties[${name}]`,
    ]),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []).map((value, i): [unknown, string] => [
      value,
      `${path}.any_of[${i}]`,
    ]),
  ];
  return inner.flatMap(([value, at]) => (isObject(value) ? schemaFaults(value, at) : []));
}
