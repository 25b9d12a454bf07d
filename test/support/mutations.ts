/** How many values there are in a value, itself among them. */
export function places(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + places(each), 1);
}

/** A copy with another value in the nth place; undefined takes the field away. */
export function changed(value: unknown, place: number, other: unknown): unknown {
  if (place === 0) return other;
  if (typeof value !== "object" || value === null) return value;
  let left = place - 1;
  const entries = Object.entries(value).map(([key, each]) => {
    const here = left;
    left -= places(each);
    return [key, here >= 0 && left < 0 ? changed(each, here, other) : each] as const;
  });
  if (!Array.isArray(value)) return Object.fromEntries(entries);
  return entries.map(([, each]) => each).filter((each) => each !== undefined);
}
