import leven from "leven";

/** More typing mistakes than this make another word. */
const mistakesAtMost = 2;

/** The known name that somebody probably meant, whatever its case; undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const distance = (other: string) => leven(other.toLowerCase(), name.toLowerCase());
  const near = known.filter((other) => distance(other) <= mistakesAtMost);
  return near.toSorted((a, b) => distance(a) - distance(b))[0];
}
