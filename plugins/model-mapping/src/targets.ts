/** A model that names of other vendors are given. */
interface Target {
  readonly model: string;
  /** The day of its release. */
  readonly released: string;
  /** The day on which another model begins to answer for the name. Absent: none is announced. */
  readonly retires?: string;
  /** That other model. */
  readonly successor?: string;
  readonly why: string;
}

/**
 * The targets of the default table, reviewed on 2026-11-27.
 * Sources: https://ai.google.dev/gemini-api/docs/deprecations, https://ai.google.dev/gemini-api/docs/changelog and
 * https://ai.google.dev/gemini-api/docs/pricing.
 */
export const targets = {
  promised: {
    model: "gemini-2.5-flash",
    released: "2025-06-17",
    retires: "2026-12-01",
    successor: "gemini-3.5-flash-lite",
    why: "a promise to users of this gateway's predecessor, for gpt-3.5 and gpt-4 names",
  },
  large: {
    model: "gemini-3.1-pro-preview",
    released: "2026-02-19",
    why: "gemini-2.5-pro is closed to new projects; gemini-4-argon (2026-10-13) costs more from 2026-12-01 on",
  },
  medium: {
    model: "gemini-3.6-flash",
    released: "2026-07-21",
    why: "answers for gemini-3.5-flash since 2026-10-08, so naming it changes nothing but the name",
  },
  small: {
    model: "gemini-3.5-flash-lite",
    released: "2026-07-21",
    why: "generally available, and the smallest of the current models",
  },
  image: {
    model: "gemini-3.1-flash-image",
    released: "2026-05-28",
    why: "generally available, and draws in all sizes",
  },
  embedding: {
    model: "gemini-embedding-001",
    released: "2025-07-14",
    why: "vectors of gemini-embedding-2 (2026-04-22) do not compare with those that users have stored",
  },
  speech: {
    model: "gemini-3.8-flash-tts",
    released: "2026-09-22",
    why: "the preview models before it end on 2026-12-18",
  },
  smallSpeech: {
    model: "gemini-3.8-flash-lite-tts",
    released: "2026-09-22",
    why: "the preview models before it end on 2026-12-18",
  },
} as const satisfies Readonly<Record<string, Target>>;
