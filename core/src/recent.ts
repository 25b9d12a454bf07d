/** Remembers the answers to the names asked last. Names come from clients, so it must not grow with them. */
export function remember<T>(size: number, answer: (name: string) => T): (name: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (name) => {
    const entry = known.get(name) ?? { value: answer(name) };
    // A Map keeps the order of insertion: put last what was used last, drop what stands first.
    known.delete(name);
    known.set(name, entry);
    if (known.size > size) known.delete(known.keys().next().value ?? name);
    return entry.value;
  };
}
