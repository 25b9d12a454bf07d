import { type ToolCallPart, Fields } from "@agproxy/core";
import { customArguments, signatureIn } from "@agproxy/plugin-openai-wire";

/** The calls of one assistant message. `fallback` makes an id for a call that came without one. */
export function toolCalls(
  message: Fields,
  fallback: (index: number) => string,
): readonly ToolCallPart[] {
  const calls = (message.list("tool_calls") ?? []).map((value, index) =>
    toolCall(Fields.of(value, message.path(`tool_calls[${index}]`)), fallback(index)),
  );
  const legacy = message.object("function_call");
  if (legacy === undefined || legacy.get("name") === undefined) return calls;
  return [functionCall(legacy, legacy, fallback(calls.length)), ...calls];
}

function toolCall(call: Fields, fallback: string): ToolCallPart {
  const id = call.string("id");
  const used = id === undefined || id === "" ? fallback : id;
  const custom = call.get("type") === "custom" ? call.nested("custom") : undefined;
  if (custom === undefined) return functionCall(call.nested("function"), call, used);
  const text = customArguments(custom.string("input") ?? "");
  return withSignature(
    { type: "tool-call", id: used, name: custom.name("name"), arguments: text },
    call,
  );
}

function functionCall(fields: Fields, holder: Fields, id: string): ToolCallPart {
  const part = { type: "tool-call", id, name: fields.name("name"), arguments: written(fields) };
  return withSignature({ ...part, type: "tool-call" }, holder);
}

function withSignature(part: ToolCallPart, holder: Fields): ToolCallPart {
  const signature = signatureIn(holder.values);
  return signature === undefined ? part : { ...part, signature };
}

/** JSON text. Some clients give the object itself. */
function written(fields: Fields): string {
  const value = fields.get("arguments") ?? "{}";
  if (typeof value === "string") return value;
  const object = Fields.of(value, fields.path("arguments")).values;
  try {
    return JSON.stringify(object);
  } catch {
    throw fields.wrong("arguments", "an object that is less deeply nested");
  }
}
