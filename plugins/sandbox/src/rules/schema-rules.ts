import { isObject, type JsonObject } from "@agproxy/core";

/** Deeper than any schema that a person wrote. */
const maxDepth = 32;

const formats: Readonly<Record<string, readonly string[]>> = {
  STRING: ["enum", "date-time"],
  NUMBER: ["float", "double"],
  INTEGER: ["int32", "int64"],
};

/**
 * What the API's own Schema type refuses beyond unknown fields. JSON Schema fields (`parametersJsonSchema`)
 * are not held to it.
 *
 * @param tooDeep what is said of a schema that is nested too deeply
 *
 * Source: https://ai.google.dev/api/caching#Schema
 */
export function schemaFaults(schema: JsonObject, path: string, tooDeep: string): string[] {
  return depth(schema) > maxDepth ? [tooDeep] : nodeFaults(schema, path);
}

function nodeFaults(schema: JsonObject, path: string): string[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  return [
    ...typeFaults(schema, path),
    ...objectFaults(schema, properties, path),
    ...inner(schema, path).flatMap(([value, at]) => nodeFaults(value, at)),
  ];
}

function typeFaults(schema: JsonObject, path: string): string[] {
  const at = `* GenerateContentRequest.${path}`;
  const type = typeof schema.type === "string" ? schema.type : "";
  const faults: string[] = [];
  if (type === "" && schema.anyOf === undefined) faults.push(`${at}.type: must be specified`);
  if (type === "ARRAY" && schema.items === undefined) faults.push(`${at}.items: missing field.`);
  if (Array.isArray(schema.enum)) {
    if (type !== "STRING") faults.push(`${at}.enum: only allowed for STRING type`);
    schema.enum.forEach((value, i) => {
      if (value === "") faults.push(`${at}.enum[${i}]: cannot be empty`);
    });
  }
  const known = formats[type];
  if (typeof schema.format === "string" && known?.includes(schema.format) === false) {
    const names = known.map((name) => `'${name}'`).join(" and ");
    faults.push(`${at}.format: only ${names} are supported for ${type} type`);
  }
  return faults;
}

function objectFaults(schema: JsonObject, properties: JsonObject, path: string): string[] {
  const at = `* GenerateContentRequest.${path}`;
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  if (schema.type !== "OBJECT") {
    return ["properties", "required"]
      .filter((field) => schema[field] !== undefined)
      .map((field) => `${at}.${field}: only allowed for OBJECT type`);
  }
  if (Object.keys(properties).length === 0) {
    return [`${at}.properties: should be non-empty for OBJECT type`];
  }
  return required.flatMap((name, i) =>
    typeof name === "string" && !Object.hasOwn(properties, name)
      ? [`${at}.required[${i}]: property is not defined`]
      : [],
  );
}

function inner(schema: JsonObject, path: string): readonly (readonly [JsonObject, string])[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const branches: readonly unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  const all: readonly (readonly [unknown, string])[] = [
    [schema.items, `${path}.items`],
    ...Object.entries(properties).map(
      ([name, value]) => [value, `${path}.properties[${name}]`] as const,
    ),
    ...branches.map((value, i) => [value, `${path}.any_of[${i}]`] as const),
  ];
  return all.flatMap(([value, at]) => (isObject(value) ? [[value, at] as const] : []));
}

function depth(schema: JsonObject): number {
  return 1 + Math.max(0, ...inner(schema, "").map(([value]) => depth(value)));
}
