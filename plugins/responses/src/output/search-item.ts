import type { EventSink } from "./event-frames.ts";
import type { Place } from "./place.ts";

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
