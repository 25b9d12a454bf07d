import type { EventSink, Place } from "./event-frames.ts";

/** The status of a finished code item, by the outcome of its code. */
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

/** Code that runs at the vendor. The item stays open until its output is known. */
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
    sink.deltas("response.code_interpreter_call_code.delta", place)(code);
    sink.event("response.code_interpreter_call_code.done", { ...place, code });
    sink.event("response.code_interpreter_call.interpreting", place);
  }

  close(status: CodeStatus, printed?: string): OutputCode {
    const { output_index } = this.#place;
    const item = this.#item(status, printed ?? null);
    this.#sink.event("response.code_interpreter_call.completed", this.#place);
    this.#sink.event("response.output_item.done", { output_index, item });
    return item;
  }

  /** The API requires the id of a container and vendors name none: it is made of the item's own id. */
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

/** A picture that the model drew, with all of its events. */
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

/** A search of the web at the vendor, with all of its events: upstreams report a search when it is over. */
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
