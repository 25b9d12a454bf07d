import type { EventSink } from "./event-frames.ts";
import type { Place } from "./place.ts";

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
