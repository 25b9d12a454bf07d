import type { Citation } from "@agproxy/core";
import type { Insert } from "./annotations.ts";

/** How far one choice of a stream has come. */
export interface Progress {
  /** Whether its first delta, which carries the role, went out. */
  started: boolean;
  finished: boolean;
  /** Tool calls so far: the next one's index. */
  calls: number;
  /** Whether there is anything but thoughts. */
  anything: boolean;
  /** Length of the answer's own text, and what was written between. */
  text: number;
  readonly inserts: Insert[];
  /** Those not written yet. */
  readonly citations: Citation[];
}

export function newProgress(): Progress {
  return {
    started: false,
    finished: false,
    calls: 0,
    anything: false,
    text: 0,
    inserts: [],
    citations: [],
  };
}
