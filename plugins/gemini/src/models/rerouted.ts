/** A name that the Gemini API answers with another model. */
interface Rerouted {
  readonly model: string;
  /** From the start of this day on, in UTC. */
  readonly from: string;
  readonly to: string;
}

/**
 * Sources: https://ai.google.dev/gemini-api/docs/deprecations and https://ai.google.dev/gemini-api/docs/changelog, read on
 * 2026-11-27: requests for retired names are answered by their replacement, under its rules and prices.
 * `gemini-2.5-flash-lite` is not among them. `gemini-3-pro-preview`, which `gemini-3.1-pro-preview` answers since
 * 2026-03-09, is left out: the newer model takes all that the older one took.
 */
export const reroutedModels: readonly Rerouted[] = [
  { model: "gemini-3.5-flash", from: "2026-10-08", to: "gemini-3.6-flash" },
  { model: "gemini-3.7-flash", from: "2026-10-08", to: "gemini-3.8-flash" },
  { model: "gemini-2.5-flash", from: "2026-12-01", to: "gemini-3.5-flash-lite" },
  { model: "gemini-2.5-pro", from: "2026-12-01", to: "gemini-3.8-flash" },
];

/** The model that answers for a name at a time, in milliseconds since the epoch. */
export function answeringModel(model: string, now: number): string {
  const bare = model.replace(/^models\//, "");
  const entry = reroutedModels.find(({ model: name }) => name === bare);
  return entry !== undefined && now >= Date.parse(entry.from) ? entry.to : model;
}
