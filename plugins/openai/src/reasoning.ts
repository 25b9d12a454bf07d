import { defined, type ChatRequest, type ReasoningEffort, type Fields } from "@agproxy/core";
import { readEffort } from "@agproxy/plugin-openai-wire";

/**
 * How much to think, from `reasoning_effort` or, as some clients write it, from a `reasoning` or
 * `thinking` object. Where both speak, the API's own field wins.
 */
export function reasoning(fields: Fields): ChatRequest["reasoning"] {
  const object = fields.peek("reasoning");
  const wanted = defined({
    effort: readEffort(fields, "reasoning_effort") ?? fromObject(object) ?? switchedOff(fields),
    include: include(fields, object),
  });
  return Object.keys(wanted).length === 0 ? undefined : wanted;
}

function fromObject(object: Fields | undefined): ReasoningEffort | undefined {
  if (object === undefined) return undefined;
  return readEffort(object, "effort") ?? (object.get("enabled") === false ? "none" : undefined);
}

function switchedOff(fields: Fields): "none" | undefined {
  const off =
    fields.peek("thinking")?.get("type") === "disabled" || fields.get("enable_thinking") === false;
  return off ? "none" : undefined;
}

function include(fields: Fields, object: Fields | undefined): boolean | undefined {
  const exclude = object?.get("exclude");
  if (typeof exclude === "boolean") return !exclude;
  const summary = object?.get("summary");
  if (typeof summary === "string" && summary !== "") return summary !== "none";
  const wanted = fields.get("include_reasoning");
  return typeof wanted === "boolean" ? wanted : undefined;
}
