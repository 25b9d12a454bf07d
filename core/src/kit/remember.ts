/** Of a longer name nothing is kept: as many of them as there is room for would fill the memory. In characters. */
const nameLimit = 512;

/**
 * Remembers the answers to the names asked last: `size` of them, and fewer than twice as many. Names come from clients,
 * so it must not grow with them. Full, it begins anew and keeps what it had beside; nothing is ever taken out one by one,
 * as a Map leaves a copy of itself behind every few times that is done.
 */
export function remember<T>(size: number, answer: (name: string) => T): (name: string) => T {
  type Answers = Map<string, { readonly value: T }>;
  let recent: Answers = new Map();
  let former: Answers = new Map();
  return (name) => {
    if (name.length > nameLimit) return answer(name);
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
