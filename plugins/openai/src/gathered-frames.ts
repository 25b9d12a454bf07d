import { AgproxyError } from "@agproxy/core";

/** Writes frames; resolves once the reader has taken them. */
export type WriteFrames = (frames: string) => Promise<void>;

/** Frames of one writer, and what tells it that they were taken. */
interface Written {
  readonly frames: string;
  readonly taken: () => void;
}

/**
 * The frames of several writers as one stream: what they wrote since the last read goes out together. A failure before
 * the first frames is thrown; one after them ends the stream with what `fail` writes of it.
 */
export async function* gatherFrames(
  writeAll: (write: WriteFrames) => Promise<void>,
  fail: (error: AgproxyError) => string,
): AsyncGenerator<string, void, undefined> {
  let waiting: Written[] = [];
  /** What the reader has got and not yet taken. */
  let round: readonly Written[] = [];
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
      round = waiting;
      waiting = [];
      if (round.length > 0) {
        started = true;
        yield round.map(({ frames }) => frames).join("");
      }
      for (const { taken } of round) taken();
      round = [];
    }
    const error = await written;
    if (error !== undefined && !started) throw error;
    if (error !== undefined) yield fail(error);
  } finally {
    // A writer must not wait for a reader that has left: its exchange would never end.
    state.isClosed = true;
    for (const { taken } of [...round, ...waiting]) taken();
  }
}
