import { defined, isObject, readOptions, wrongOption } from "@agproxy/core";
import * as v from "valibot";
import { type Grant, grantEntries } from "./key-file/key-record.ts";

/** A key of the gateway, as a config file has it. */
export type KeyInput = string | (Grant & { readonly key: string; readonly name?: string });

export interface NamedKey {
  readonly key: string;
  readonly name: string;
  /** Absent: everything. */
  readonly grant?: Grant;
}

const keyEntry = v.strictObject({
  // Checked here: an error about a key must never repeat it.
  key: v.unknown(),
  name: v.optional(v.unknown()),
  ...grantEntries,
});

/** Keys from examples: everyone who reads the example could use the gateway. */
const placeholders =
  /^(?:sk-|ag-)?(?:123456\d*|change-?me!?|replace-?me|password|secret|default|example|placeholder|token|test(?:-?key)?|dummy(?:-?key)?|x{3,}|(?:(?:your|my|agproxy)[-_]?)?(?:(?:api|secret|access)[-_]?)?(?:key|token|secret)(?:[-_]?here)?)$/i;

/** In characters, like the next. */
const minKeyLength = 8;

/** Shorter keys are accepted, with a warning. */
export const recommendedKeyLength = 16;

const example = 'auth({ keys: ["ag-…", { key: "ag-…", name: "laptop" }] })';

/** Reads the keys of a config and refuses those that protect nothing. No error repeats a key. */
export function readKeys(input: unknown): readonly NamedKey[] {
  const keys = keyInputs(input).map((entry, index) => {
    const { key, name } = typeof entry === "string" ? { key: entry, name: undefined } : entry;
    const fault = keyFault(key) ?? nameFault(name);
    if (fault !== undefined) throw wrongOption("auth", `keys[${index}]`, fault, example);
    const named = { key, name: name ?? `key-${index + 1}` };
    return typeof entry === "string" ? named : { ...named, ...grantIn(entry, index) };
  });
  refuseDuplicates(keys, "key", "is the same key as");
  refuseDuplicates(keys, "name", "has the same name as");
  return keys;
}

function grantIn(entry: object, index: number): Pick<NamedKey, "grant"> {
  const example = 'auth({ keys: [{ key: "ag-…", models: ["gemini-*"], limits: { rpm: 60 } }] })';
  const { models, limits } = readOptions(`auth: keys[${index}]`, keyEntry, entry, example);
  if (models === undefined && limits === undefined) return {};
  return { grant: defined({ models, limits }) };
}

/** One text may hold several keys, separated by commas: an environment variable can have no list. */
function keyInputs(input: unknown): readonly KeyInput[] {
  if (input === undefined) return [];
  if (typeof input === "string") return input.split(",").map((key) => key.trim());
  if (Array.isArray(input) && input.every(isKeyInput)) return input;
  throw wrongOption("auth", "keys", "must be a text or a list", example);
}

function isKeyInput(entry: unknown): entry is KeyInput {
  return typeof entry === "string" || (isObject(entry) && "key" in entry);
}

function keyFault(key: unknown): string | undefined {
  if (typeof key !== "string") return "is not a text";
  if (key.trim() === "") return "is empty";
  if (!/^[\x21-\x7e]+$/.test(key)) {
    return "has characters that no HTTP header can carry, such as a space";
  }
  if (placeholders.test(key)) return "is a placeholder from an example";
  if (key.length < minKeyLength) return `has less than ${minKeyLength} characters`;
  return undefined;
}

function nameFault(name: unknown): string | undefined {
  if (name === undefined || (typeof name === "string" && name.trim() !== "")) return undefined;
  return "has a name that is empty or no text";
}

function refuseDuplicates(keys: readonly NamedKey[], field: "key" | "name", fault: string): void {
  const seen = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const first = seen.get(key[field]);
    if (first !== undefined) {
      throw wrongOption("auth", `keys[${index}]`, `${fault} \`keys[${first}]\``, example);
    }
    seen.set(key[field], index);
  }
}
