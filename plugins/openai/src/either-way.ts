import type { Encoder } from "@agproxy/core";
import type { StreamEncoder } from "./choice-stream.ts";

/** Writes an answer in one piece or as a stream, which is prepared with its first step: most of it is preparation. */
export function eitherWay(whole: Encoder["whole"], prepare: () => StreamEncoder): Encoder {
  let prepared: StreamEncoder | undefined;
  const stream = () => (prepared ??= prepare());
  return {
    whole,
    batch: (events) => stream().batch(events),
    idle: () => stream().idle(),
    end: () => stream().end(),
    fail: (error) => stream().fail(error),
  };
}
