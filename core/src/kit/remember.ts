/** Longer names are not cached: a cache full of them would exhaust memory. */
const maxNameCharacters = 512;

/**
 * Caches the answers to names. It holds the last `size` names at least and fewer than twice as many, because clients choose
 * names and could fill the memory with them. A full map becomes the former one and a new one begins: deleting entries
 * one by one would make V8 copy the map again and again (docs/decisions/0011-short-lives.md).
 *
 * @example
 * const urlOf = remember(256, (model) => new URL(`models/${model}`, origin).href);
 */
export function remember<T>(size: number, answer: (name: string) => T): (name: string) => T {
  type Answers = Map<string, { readonly value: T }>;
  let recent: Answers = new Map();
  let former: Answers = new Map();
  return (name) => {
    if (name.length > maxNameCharacters) return answer(name);
    const known = recent.get(name);
    if (known !== undefined) return known.value;
    const entry = former.get(name) ?? { value: answer(name) };
    recent.set(name, entry);
    if (recent.size >= size) {
      former = recent;
      recent = new Map();
    }
    return entry.value;
  };
}
