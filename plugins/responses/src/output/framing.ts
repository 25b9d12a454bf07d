import { namedSseFrame, sseFrame } from "@agproxy/core";

/** How an event becomes text: a wire of its own for each way a client is connected. */
export interface Framing {
  event(type: string, json: string): string;
  /** What follows the last event of an answer that ended well. */
  readonly end: string;
}

/** Server-sent events. The real API ends without `[DONE]`, the Open Responses specification wants it. */
export const sse: Framing = { event: namedSseFrame, end: sseFrame("[DONE]") };

/** A line of JSON each. */
export const lines: Framing = { event: (_type, json) => `${json}\n`, end: "" };
