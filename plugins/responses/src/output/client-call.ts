import { isObject, type JsonObject } from "@agproxy/core";
import type { ClientToolKind } from "../client-tools.ts";
import type { EventSink, ItemStatus, Place } from "./event-frames.ts";

/** A call of a client tool. The item's type names the tool, and has fields of its own. */
export interface OutputClientCall {
  readonly type: `${ClientToolKind}_call`;
  readonly id: string;
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly [field: string]: unknown;
}

/**
 * A call of a client tool, with all of its events: it has none beyond those of every item.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `output`
 */
export function clientCall(
  sink: EventSink,
  { item_id, output_index }: Place,
  kind: ClientToolKind,
  call: { readonly id: string; readonly arguments: string },
): OutputClientCall {
  const item: OutputClientCall = {
    type: `${kind}_call`,
    id: item_id,
    status: "completed",
    call_id: call.id,
    ...content[kind](call.arguments),
  };
  const begun = { ...item, status: "in_progress" };
  sink.event("response.output_item.added", { output_index, item: begun });
  sink.event("response.output_item.done", { output_index, item });
  return item;
}

/** Arguments that are not valid become the command itself: the client runs it, fails, and the model reads why. */
const content: Readonly<Record<ClientToolKind, (text: string) => JsonObject>> = {
  local_shell(text) {
    const { command, working_directory, timeout_ms, env, user } = parsed(text);
    return {
      action: {
        type: "exec",
        command: strings(command) ?? ["bash", "-lc", typeof command === "string" ? command : text],
        env: isObject(env) ? env : {},
        timeout_ms: whole(timeout_ms),
        working_directory: typeof working_directory === "string" ? working_directory : null,
        user: typeof user === "string" ? user : null,
      },
    };
  },
  shell(text) {
    const { commands, timeout_ms, max_output_length } = parsed(text);
    return {
      action: {
        commands: strings(commands) ?? [typeof commands === "string" ? commands : text],
        timeout_ms: whole(timeout_ms),
        max_output_length: whole(max_output_length),
      },
      environment: null,
    };
  },
  apply_patch(text) {
    const { type, path, diff } = parsed(text);
    const place = {
      type: isOperation(type) ? type : "update_file",
      path: typeof path === "string" ? path : "",
    };
    return {
      operation:
        place.type === "delete_file"
          ? place
          : { ...place, diff: typeof diff === "string" ? diff : text },
    };
  },
  tool_search: (text) => ({ execution: "client", arguments: parsed(text) }),
};

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined;
}

function whole(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) ? value : null;
}

function isOperation(type: unknown): type is string {
  return type === "create_file" || type === "update_file" || type === "delete_file";
}
