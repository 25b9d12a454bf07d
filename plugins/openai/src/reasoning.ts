import { defined, type ChatRequest, type ReasoningEffort, type Fields } from "@agproxy/core";

/** The API's words for effort; `max` is newer than the vocabulary, whose top is `xhigh`. */
const efforts: ReadonlyMap<string, ReasoningEffort> = new Map([
  ["none", "none"],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  ["max", "xhigh"],
]);

/**
 * How much to think, from `reasoning_effort` or, as some clients write it, from a `reasoning` or
 * `thinking` object. Where both speak, the API's own field wins.
 */
export function reasoning(fields: Fields): ChatRequest["reasoning"] {
  const object = fields.peek("reasoning");
  const wanted = defined({
    effort: effort(fields, "reasoning_effort") ?? fromObject(object) ?? switchedOff(fields),
    include: include(fields, object),
  });
  return Object.keys(wanted).length === 0 ? undefined : wanted;
}

function effort(fields: Fields, key: string): ReasoningEffort | undefined {
  const word = fields.string(key);
  if (word === undefined || word === "") return undefined;
  const known = efforts.get(word);
  if (known === undefined) throw fields.wrong(key, `one of ${[...efforts.keys()].join(", ")}`);
  return known;
}

function fromObject(object: Fields | undefined): ReasoningEffort | undefined {
  if (object === undefined) return undefined;
  return effort(object, "effort") ?? (object.get("enabled") === false ? "none" : undefined);
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
