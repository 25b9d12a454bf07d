/** A time in seconds, in five characters: `0.85s`, `12.4s`, `590s`. */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  const digits = seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0;
  return `${seconds.toFixed(digits)}s`;
}

/** A count in at most five characters: `340`, `12.3k`, `1.2M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  if (count < 99_950) return `${(count / 1000).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1000)}k`;
  return count < 99_950_000
    ? `${(count / 1_000_000).toFixed(1)}M`
    : `${Math.round(count / 1_000_000)}M`;
}

/** The time of day, by the clock of this machine. */
export function clockText(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** A text in exactly so many characters; what is cut away shows as `…`. */
export function cell(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text.padEnd(width);
}
