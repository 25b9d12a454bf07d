import { defined } from "@agproxy/core";
import { customInput } from "@agproxy/plugin-openai-wire";
import type { ToolOrigin } from "../tool-names.ts";
import type { EventSink, ItemStatus, Place } from "./event-frames.ts";
import { clientCall, type OutputClientCall } from "./client-call.ts";

/** Prefixes of item ids. */
export const callPrefixes = {
  function: "fc",
  custom: "ctc",
  apply_patch: "apc",
  local_shell: "lsh",
  shell: "sh",
  tool_search: "tsc",
} as const;

export interface OutputFunctionCall {
  readonly type: "function_call";
  readonly id: string;
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly namespace?: string;
  readonly name: string;
  readonly arguments: string;
}

export interface OutputCustomCall {
  readonly type: "custom_tool_call";
  readonly id: string;
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly namespace?: string;
  readonly name: string;
  readonly input: string;
}

interface Call {
  readonly id: string;
  readonly arguments: string;
}

/** A call, as an item of the kind of tool that the client declared. */
export function callItem(
  sink: EventSink,
  place: Place,
  origin: ToolOrigin,
  call: Call,
): OutputFunctionCall | OutputCustomCall | OutputClientCall {
  if (origin.kind === "function") return functionCall(sink, place, origin, call);
  if (origin.kind === "custom") return customCall(sink, place, origin, call);
  return clientCall(sink, place, origin.kind, call);
}

/** A call of a function, with all of its events. Upstreams send a call as a whole, so most have one delta. */
function functionCall(
  sink: EventSink,
  place: Place,
  origin: ToolOrigin,
  call: Call,
): OutputFunctionCall {
  const { output_index } = place;
  const { name } = origin;
  const args = call.arguments;
  const item: OutputFunctionCall = {
    type: "function_call",
    id: place.item_id,
    status: "completed",
    call_id: call.id,
    ...defined({ namespace: origin.namespace }),
    name,
    arguments: args,
  };
  const begun = { ...item, status: "in_progress", arguments: "" };
  sink.event("response.output_item.added", { output_index, item: begun });
  sink.deltas("response.function_call_arguments.delta", place)(args);
  sink.event("response.function_call_arguments.done", { ...place, name, arguments: args });
  sink.event("response.output_item.done", { output_index, item });
  return item;
}

/** A call of a tool that takes free text, with all of its events. */
function customCall(
  sink: EventSink,
  place: Place,
  origin: ToolOrigin,
  call: Call,
): OutputCustomCall {
  const { output_index } = place;
  const input = customInput(call.arguments);
  const item: OutputCustomCall = {
    type: "custom_tool_call",
    id: place.item_id,
    status: "completed",
    call_id: call.id,
    ...defined({ namespace: origin.namespace }),
    name: origin.name,
    input,
  };
  const begun = { ...item, status: "in_progress", input: "" };
  sink.event("response.output_item.added", { output_index, item: begun });
  sink.deltas("response.custom_tool_call_input.delta", place)(input);
  sink.event("response.custom_tool_call_input.done", { ...place, input });
  sink.event("response.output_item.done", { output_index, item });
  return item;
}
