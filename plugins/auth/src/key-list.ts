/** A key of the gateway, as a config file has it. */
export type KeyInput = string | { readonly key: string; readonly name?: string };

export interface NamedKey {
  readonly key: string;
  readonly name: string;
}

/** Values that stand in examples; a gateway that takes them is open to everyone who reads those. */
const placeholders =
  /^(?:sk-|ag-)?(?:123456\d*|change-?me!?|replace-?me|password|secret|default|example|placeholder|token|test(?:-?key)?|dummy(?:-?key)?|x{3,}|(?:(?:your|my|agproxy)[-_]?)?(?:(?:api|secret|access)[-_]?)?(?:key|token|secret)(?:[-_]?here)?)$/i;

const shortest = 8;

/** Shorter keys are taken, with a warning. */
export const comfortable = 16;

/** Reads the keys and refuses those that protect nothing. No error repeats a key. */
export function readKeys(input: string | readonly KeyInput[] | undefined): readonly NamedKey[] {
  const keys = list(input).map((one, index) => {
    const where = `auth: \`keys[${index}]\``;
    const { key, name } = typeof one === "string" ? { key: one, name: undefined } : one;
    checkKey(key, where);
    if (name !== undefined && (typeof name !== "string" || name.trim() === "")) {
      throw new Error(
        `${where} has a name that is empty or no text. Write a name or leave it out.`,
      );
    }
    return { key, name: name ?? `key-${index + 1}` };
  });
  refuseTwins(keys, "key", "is the same key as");
  refuseTwins(keys, "name", "has the same name as");
  return keys;
}

/** One text may hold several keys, separated by commas: that is how an environment variable has them. */
function list(input: unknown): readonly KeyInput[] {
  if (input === undefined) return [];
  if (typeof input === "string") return input.split(",").map((key) => key.trim());
  if (Array.isArray(input) && input.every(isKeyInput)) return input;
  throw new Error(
    'auth: `keys` must be a text or a list, such as ["ag-…", { key: "ag-…", name: "laptop" }].',
  );
}

function isKeyInput(one: unknown): one is KeyInput {
  return typeof one === "string" || (typeof one === "object" && one !== null && "key" in one);
}

function checkKey(key: unknown, where: string): void {
  const fault =
    typeof key !== "string"
      ? "is not a text"
      : key.trim() === ""
        ? "is empty"
        : !/^[\x21-\x7e]+$/.test(key)
          ? "has characters that no HTTP header can carry, such as a space"
          : placeholders.test(key)
            ? "is a placeholder from an example"
            : key.length < shortest
              ? `has less than ${shortest} characters`
              : undefined;
  if (fault !== undefined) {
    throw new Error(`${where} ${fault}. Use a long random text, or remove it.`);
  }
}

function refuseTwins(keys: readonly NamedKey[], field: "key" | "name", is: string): void {
  const seen = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const twin = seen.get(key[field]);
    if (twin !== undefined) {
      throw new Error(`auth: \`keys[${index}]\` ${is} \`keys[${twin}]\`. Remove one of them.`);
    }
    seen.set(key[field], index);
  }
}
