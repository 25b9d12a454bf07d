import type { EventSink } from "./event-frames.ts";
import type { Place } from "./place.ts";

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
