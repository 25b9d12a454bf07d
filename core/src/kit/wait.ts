/** Milliseconds of each unit of a Go duration. */
const units: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Of a text of digits alone, each would be searched to the end for its unit (quadratic). */
const maxDurationLength = 64;

/**
 * A duration as Go writes it, in milliseconds and rounded up: `34.4s`, `161h39m41.300432511s`, `479.417207ms`. Undefined for
 * any other text.
 *
 * @example
 * duration("6m0s"); // 360_000
 */
export function duration(text: string): number | undefined {
  if (text.length > maxDurationLength) return undefined;
  const terms = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|µs|ns|s)/g)];
  if (terms.length === 0 || terms.map(([term]) => term).join("") !== text.trim()) return undefined;
  const sum = terms.reduce((total, [, n, unit = "s"]) => total + Number(n) * (units[unit] ?? 0), 0);
  return Math.ceil(sum);
}

/**
 * Milliseconds until the moment of a `Retry-After` header: seconds, or an HTTP date; 0 where it has passed.
 *
 * @param now milliseconds since the epoch
 */
export function retryAfterHeader(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() !== "" && Number.isFinite(seconds)) {
    return Math.max(Math.ceil(seconds * 1000), 0);
  }
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
