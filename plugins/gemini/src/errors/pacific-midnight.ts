/** Made when it is first needed: it is dear, and few quotas are ever exhausted. */
let clock: Intl.DateTimeFormat | undefined;
const pacificClock = () =>
  (clock ??= new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Los_Angeles",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }));

/**
 * Milliseconds until the next midnight in California, when Google resets what it counts by the day.
 * Source: https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function untilPacificMidnight(now: number): number {
  const { year, month, day } = wallTime(now);
  const midnight = Date.UTC(year, month - 1, day + 1);
  // Twice, as the clocks may change between now and then.
  let at = midnight - offset(now);
  at = midnight - offset(at);
  return at - now;
}

/** How far the Pacific clock is from UTC, in milliseconds. */
function offset(time: number): number {
  const { year, month, day, hour, minute, second } = wallTime(time);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

function wallTime(time: number) {
  const parts = new Map(
    pacificClock()
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}
