import { AgproxyError } from "@agproxy/core";

/** Writes frames; resolves once the reader has taken them. */
export type WriteFrames = (frames: string) => Promise<void>;

/**
 * The frames of several writers as one stream: what they wrote since the last read goes out together. A failure before
 * the first frames is thrown; one after them ends the stream with what `fail` writes of it.
 */
export async function* gatherFrames(
  writeAll: (write: WriteFrames) => Promise<void>,
  fail: (error: AgproxyError) => string,
): AsyncGenerator<string, void, undefined> {
  let waiting: { readonly frames: string; readonly taken: () => void }[] = [];
  let wake: (() => void) | undefined;
  const state = { isOver: false, isClosed: false };
  let started = false;
  const written = writeAll((frames) => {
    if (state.isClosed || frames === "") return Promise.resolve();
    return new Promise<void>((taken) => {
      waiting.push({ frames, taken });
      wake?.();
    });
  }).then(
    () => undefined,
    (thrown: unknown) => AgproxyError.from(thrown),
  );
  void written.finally(() => {
    state.isOver = true;
    wake?.();
  });
  try {
    while (!state.isOver || waiting.length > 0) {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const round = waiting;
      waiting = [];
      if (round.length > 0) {
        started = true;
        yield round.map(({ frames }) => frames).join("");
      }
      for (const { taken } of round) taken();
    }
    const error = await written;
    if (error !== undefined && !started) throw error;
    if (error !== undefined) yield fail(error);
  } finally {
    // A writer must not wait for a reader that has left.
    state.isClosed = true;
    for (const { taken } of waiting) taken();
  }
}
