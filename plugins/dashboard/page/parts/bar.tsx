/** How much of something is there, from 0 to 1; its text stands beside it. */
export function Bar({ part, tone }: { readonly part: number; readonly tone?: "low" | "good" }) {
  const width = Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <svg
      class={`bar ${tone ?? "good"}`}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="rail" width="100" height="4" />
      <rect class="fill" width={width} height="4" />
    </svg>
  );
}
