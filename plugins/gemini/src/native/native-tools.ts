import {
  camelKeys,
  type ChatRequest,
  type HostedTool,
  type JsonObject,
  type Tool,
} from "@agproxy/core";
import { servedModel } from "../models/known-model.ts";
import { functionDeclarations, hostedNames } from "../request/tool-plan.ts";
import { fields, list } from "../shape.ts";
import type { NativeReading } from "./native-reading.ts";

/** `tools` with what was changed since they came: functions, and built-in tools by the request or the model's name. */
export function nativeTools(
  own: unknown,
  request: ChatRequest,
  model: string,
  now: number | undefined,
  reading: NativeReading,
): unknown {
  const { native, dialect } = reading;
  const functions = changedFunctions(request, reading);
  const before = new Set(native.request.hostedTools);
  const after = new Set(request.hostedTools);
  if (servedModel(model, now).named.webSearch) after.add("web-search");
  const added = [...after].filter((tool) => !before.has(tool));
  const removed = [...before].filter((tool) => !after.has(tool));
  if (functions === undefined && added.length + removed.length === 0) return own;
  const tools: JsonObject[] = [];
  let place: number | undefined;
  for (const given of list(own)) {
    const tool = camelKeys(fields(given) ?? {});
    if (tool["functionDeclarations"] !== undefined) place ??= tools.length;
    const kept = without(tool, functions === undefined ? [] : ["functionDeclarations"], removed);
    if (kept !== undefined) tools.push(kept);
  }
  if (functions !== undefined && functions.length > 0) {
    tools.splice(place ?? 0, 0, { functionDeclarations: functions });
  }
  for (const tool of added) tools.push({ [hostedNames[tool]]: {} });
  return tools.length === 0 ? undefined : tools;

  /** The declarations, where they are not what came: a dialect may not take what came either. */
  function changedFunctions(
    { tools: offered = [], toolChoice }: ChatRequest,
    { names, native: came }: NativeReading,
  ): readonly JsonObject[] | undefined {
    const isSame = request.tools === came.request.tools && toolChoice === came.request.toolChoice;
    const ownOf = (tool: Tool) => {
      const piece = fields(came.pieces.get(tool));
      const isTaken =
        dialect.jsonSchema || camelKeys(piece ?? {})["parametersJsonSchema"] === undefined;
      return isTaken ? piece : undefined;
    };
    if (isSame && offered.every((tool) => ownOf(tool) !== undefined)) return undefined;
    const wanted =
      toolChoice?.mode === "auto" && "names" in toolChoice ? toolChoice.names : undefined;
    const left = offered.filter(({ name }) => wanted?.includes(name) !== false);
    const made = functionDeclarations({ ...request, tools: left }, names, dialect);
    return left.flatMap((tool, index): readonly JsonObject[] => {
      const declaration = ownOf(tool) ?? made[index];
      return declaration === undefined ? [] : [declaration];
    });
  }
}

/** A tool without some of its fields; undefined where nothing is left. */
function without(
  tool: JsonObject,
  names: readonly string[],
  removed: readonly HostedTool[],
): JsonObject | undefined {
  const gone = new Set([...names, ...removed.map((one) => hostedNames[one])]);
  const kept = Object.entries(tool).filter(([name]) => !gone.has(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
