/** The sign of agproxy. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M8 20.5 14 11l4 6 3-3.5L24 20.5" />
    </svg>
  );
}
