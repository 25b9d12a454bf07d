import type { EventSink, Place } from "./event-frames.ts";

/** How an item of code ends, by what came of the code. */
export const codeStatus = { ok: "completed", failed: "failed", timeout: "incomplete" } as const;

type CodeStatus = "in_progress" | "completed" | "incomplete" | "failed";

export interface OutputCode {
  readonly type: "code_interpreter_call";
  readonly id: string;
  readonly status: CodeStatus;
  readonly container_id: string;
  readonly code: string;
  readonly outputs: readonly { readonly type: "logs"; readonly logs: string }[] | null;
}

/** Code that the model runs on its own side; open until it is known what the code printed. */
export class CodeItem {
  readonly type = "code_interpreter_call";
  readonly #sink: EventSink;
  readonly #place: Place;
  readonly #code: string;

  constructor(sink: EventSink, place: Place, code: string) {
    this.#sink = sink;
    this.#place = place;
    this.#code = code;
    const { output_index } = place;
    const item = { ...this.#item("in_progress", null), code: "" };
    sink.event("response.output_item.added", { output_index, item });
    sink.event("response.code_interpreter_call.in_progress", place);
    sink.event("response.code_interpreter_call_code.delta", { ...place, delta: code });
    sink.event("response.code_interpreter_call_code.done", { ...place, code });
    sink.event("response.code_interpreter_call.interpreting", place);
  }

  /** The item so far. */
  get soFar(): OutputCode {
    return this.#item("in_progress", null);
  }

  close(status: CodeStatus, printed?: string): OutputCode {
    const { output_index } = this.#place;
    const item = this.#item(status, printed ?? null);
    this.#sink.event("response.code_interpreter_call.completed", this.#place);
    this.#sink.event("response.output_item.done", { output_index, item });
    return item;
  }

  /** The API wants a container's id; the vendor's side names none, so the item's own stands for it. */
  #item(status: CodeStatus, printed: string | null): OutputCode {
    const id = this.#place.item_id;
    const outputs = printed === null ? null : [{ type: "logs" as const, logs: printed }];
    return { type: this.type, id, status, container_id: `cntr_${id}`, code: this.#code, outputs };
  }
}

export interface OutputImage {
  readonly type: "image_generation_call";
  readonly id: string;
  readonly status: "in_progress" | "completed";
  /** base64 */
  readonly result: string | null;
}

/** A picture that the model drew, from its first event to its last. */
export function imageItem(sink: EventSink, place: Place, data: string): OutputImage {
  const { item_id: id, output_index } = place;
  const type = "image_generation_call";
  const begun: OutputImage = { type, id, status: "in_progress", result: null };
  const item: OutputImage = { type, id, status: "completed", result: data };
  sink.event("response.output_item.added", { output_index, item: begun });
  sink.event("response.image_generation_call.in_progress", place);
  sink.event("response.image_generation_call.generating", place);
  sink.event("response.image_generation_call.completed", place);
  sink.event("response.output_item.done", { output_index, item });
  return item;
}

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output`, web search tool call */
export interface OutputSearch {
  readonly type: "web_search_call";
  readonly id: string;
  readonly status: "in_progress" | "completed";
  readonly action: {
    readonly type: "search";
    /** The first of `queries`, for clients that know only one. */
    readonly query: string;
    readonly queries: readonly string[];
  };
}

/** A search of the web on the vendor's side, from its first event to its last: it is told when it is over. */
export function searchItem(
  sink: EventSink,
  place: Place,
  queries: readonly string[],
): OutputSearch {
  const { item_id: id, output_index } = place;
  const type = "web_search_call";
  const action = { type: "search", query: queries[0] ?? "", queries } as const;
  const begun: OutputSearch = { type, id, status: "in_progress", action };
  const item: OutputSearch = { type, id, status: "completed", action };
  sink.event("response.output_item.added", { output_index, item: begun });
  sink.event("response.web_search_call.in_progress", place);
  sink.event("response.web_search_call.searching", place);
  sink.event("response.web_search_call.completed", place);
  sink.event("response.output_item.done", { output_index, item });
  return item;
}
