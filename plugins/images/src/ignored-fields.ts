import type { Fields } from "@agproxy/core";

/** Fields that no Gemini model can honour. The README lists them too. */
const unhonoured: readonly string[] = [
  "background",
  "input_fidelity",
  "moderation",
  "output_compression",
  "output_format",
  // A model that draws in one go has nothing to show in between.
  "partial_images",
  "style",
];

/** Those that ask for something: leaving the choice to the model does not. */
export function ignoredIn(fields: Fields): readonly string[] {
  return unhonoured.filter((name) => {
    const value = fields.get(name);
    return value !== undefined && value !== "auto" && value !== "" && Number(value) !== 0;
  });
}
