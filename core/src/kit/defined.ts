type Optional<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** The same object without the fields that are undefined: the vocabulary says "absent", never `undefined`. */
export function defined<T extends object>(values: T): Optional<T> & Required<T> {
  const kept: Record<string, unknown> = {};
  for (const key in values) if (values[key] !== undefined) kept[key] = values[key];
  return kept as Optional<T> & Required<T>;
}
