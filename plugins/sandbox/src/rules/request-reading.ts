import { isObject, type JsonObject } from "@agproxy/core";
import { types } from "./request-shape.ts";

export interface Violation {
  /** Where, in Google's spelling (`contents[0].parts[1].inline_data`); `""` is the request itself. */
  readonly field: string;
  readonly description: string;
}

export interface Reading {
  /** The message with its fields in camelCase, nulls left out. */
  readonly value: unknown;
  readonly violations: readonly Violation[];
}

/**
 * Reads JSON as one of the API's messages the way Google does: snake_case and camelCase alike, null as absent,
 * a lone value as a list of one, and every unknown or ill-typed field reported.
 *
 * Source: https://protobuf.dev/programming-guides/json/
 */
export function readMessage(type: string, json: unknown): Reading {
  const violations: Violation[] = [];
  const value = read(type, json, "", violations);
  return { value, violations };
}

function read(type: string, json: unknown, path: string, faults: Violation[]): unknown {
  if (type.endsWith("[]")) {
    const list: readonly unknown[] = Array.isArray(json) ? json : [json];
    return list.map((item, i) => read(type.slice(0, -2), item, `${path}[${i}]`, faults));
  }
  if (type === "json") return json;
  const shape = types[type];
  if (isEnum(shape)) return readEnum(type, shape, json, path, faults);
  if (shape === undefined && !type.endsWith("{}")) return readLeaf(type, json, path, faults);
  if (!isObject(json)) return wrong(typeName(type), json, path, faults);
  if (shape === undefined) return readMap(type.slice(0, -2), json, path, faults);
  return readFields(shape, json, path, faults);
}

function readFields(
  shape: Readonly<Record<string, string>>,
  json: JsonObject,
  path: string,
  faults: Violation[],
): unknown {
  const fields: [string, unknown][] = [];
  for (const [key, value] of Object.entries(json)) {
    const name = Object.hasOwn(shape, key) ? key : camelCase(key);
    const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (type === undefined) report(unknownName(key, path, "Cannot find field."), path, faults);
    else if (value === null) continue;
    else if (Array.isArray(value) && !type.endsWith("[]") && type !== "json") {
      const why = "Proto field is not repeating, cannot start list.";
      report(unknownName(key, path, why), path, faults);
    } else fields.push([name, read(type, value, join(path, snakeCase(name)), faults)]);
  }
  return Object.fromEntries(fields);
}

function readMap(type: string, json: JsonObject, path: string, faults: Violation[]): unknown {
  const entries = Object.entries(json).map(([key, value], i) => {
    return [key, read(type, value, `${path}[${i}].value`, faults)] as const;
  });
  return Object.fromEntries(entries);
}

function readEnum(
  type: string,
  values: readonly string[],
  json: unknown,
  path: string,
  faults: Violation[],
): unknown {
  const value = typeof json === "string" ? json.toUpperCase() : json;
  return values.some((known) => known === value)
    ? value
    : wrong(typeName(type), json, path, faults);
}

const leaves: Readonly<Record<string, (json: unknown) => boolean>> = {
  string: (json) => typeof json === "string",
  bool: (json) => typeof json === "boolean",
  int32: (json) => isInteger(json) && Number(json) === (Number(json) | 0),
  int64: isInteger,
  float: isNumber,
  double: isNumber,
  // Searches for a character that must not be there: a pattern for the whole text would overflow the stack on a large
  // image.
  bytes: (json) =>
    typeof json === "string" && json.length % 4 !== 1 && !/[^A-Za-z0-9+/_=-]/.test(json),
  Struct: isObject,
};

function readLeaf(type: string, json: unknown, path: string, faults: Violation[]): unknown {
  if (leaves[type]?.(json) !== true) {
    const why = type === "bytes" && typeof json === "string" ? "Base64 decoding failed for " : "";
    return wrong(typeName(type), json, path, faults, why);
  }
  return type.startsWith("int") || type === "float" || type === "double" ? Number(json) : json;
}

function isNumber(json: unknown): boolean {
  if (typeof json === "number") return Number.isFinite(json);
  return typeof json === "string" && json.trim() !== "" && Number.isFinite(Number(json));
}

function isInteger(json: unknown): boolean {
  return isNumber(json) && Number.isInteger(Number(json));
}

function isEnum(shape: (typeof types)[string] | undefined): shape is readonly string[] {
  return Array.isArray(shape);
}

function typeName(type: string): string {
  if (type === "Struct") return "type.googleapis.com/google.protobuf.Struct";
  return /^[A-Z]/.test(type)
    ? `type.googleapis.com/google.ai.generativelanguage.v1beta.${type.replace(/\{\}$/, "")}`
    : `TYPE_${type.toUpperCase()}`;
}

function wrong(
  type: string,
  json: unknown,
  path: string,
  faults: Violation[],
  why = "",
): undefined {
  const shown = JSON.stringify(json) ?? "null";
  const cut = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  report(`Invalid value at '${path}' (${type}), ${why}${cut}`, path, faults);
}

function unknownName(name: string, path: string, why: string): string {
  const at = path === "" ? "" : ` at '${path}'`;
  return `Invalid JSON payload received. Unknown name "${name}"${at}: ${why}`;
}

function report(description: string, field: string, faults: Violation[]): void {
  faults.push({ field, description });
}

function join(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
