import { AgproxyError, type Choice } from "@agproxy/core";

/** What came of a choice that has no image. */
export interface Outcome {
  /** What the model wrote instead. */
  readonly said: string;
  readonly finish: Choice["finish"] | undefined;
}

const maxQuotedLength = 1000;

/**
 * The error of an answer without an image, as an empty list would look like a success. A 400 where the model
 * gave a reason or its answer was withheld: another try would end the same way, and SDKs do not repeat a 400.
 */
export function undrawn(outcomes: readonly Outcome[]): AgproxyError {
  const said = outcomes.map((outcome) => outcome.said.trim()).find((words) => words !== "");
  const finish = outcomes.find((outcome) => outcome.finish !== undefined)?.finish;
  const withheld = outcomes.some((outcome) => outcome.finish?.reason === "content-filter");
  const reason = finish?.detail === undefined ? "" : ` (${finish.detail})`;
  const words = said === undefined ? "." : `: ${said.slice(0, maxQuotedLength)}`;
  if (withheld) {
    return new AgproxyError("upstream_rejected", `The image was withheld${reason}${words}`, {
      advice: "Change the prompt.",
    });
  }
  if (said !== undefined) {
    return new AgproxyError("upstream_rejected", `The model wrote text and drew no image${words}`, {
      advice: "Change the prompt, or choose a model that draws.",
    });
  }
  return new AgproxyError("upstream_failed", `The model drew no image${reason}.`, {
    advice: "Try again, or choose a model that draws.",
  });
}
