import { defined, type ChatRequest, type ReasoningEffort, type Fields } from "@agproxy/core";

const efforts: ReadonlyMap<string, ReasoningEffort> = new Map([
  ["none", "none"],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  // The vocabulary ends at xhigh, and so do the vendors.
  ["max", "xhigh"],
  ["ultra", "xhigh"],
]);

/** How hard to think, and whether the thoughts are wanted: who asks for a summary wants them. */
export function readReasoning(body: Fields): ChatRequest["reasoning"] {
  const reasoning = body.object("reasoning");
  if (reasoning === undefined) return undefined;
  const word = reasoning.string("effort");
  const effort = word === undefined ? undefined : efforts.get(word);
  if (word !== undefined && effort === undefined) {
    throw reasoning.wrong("effort", `one of ${[...efforts.keys()].join(", ")}`);
  }
  const summary = reasoning.string("summary") ?? reasoning.string("generate_summary");
  const include = summary === undefined ? undefined : summary !== "none";
  if (effort === undefined && include === undefined) return undefined;
  return defined({ effort, include });
}
