import { defined, type ChatRequest, type Fields } from "@agproxy/core";
import { readEffort } from "@agproxy/plugin-openai-wire";

/** How hard to think, and whether the thoughts are wanted: who asks for a summary wants them. */
export function readReasoning(body: Fields): ChatRequest["reasoning"] {
  const reasoning = body.object("reasoning");
  if (reasoning === undefined) return undefined;
  const effort = readEffort(reasoning, "effort");
  const summary = reasoning.string("summary") ?? reasoning.string("generate_summary");
  const include = summary === undefined ? undefined : summary !== "none";
  if (effort === undefined && include === undefined) return undefined;
  return defined({ effort, include });
}
