import type { Encoder, Reply } from "../hooks/protocol.ts";

/** How long a stream may be silent before it shows life, in milliseconds. */
const quietAfterMs = 15_000;

interface Voice {
  write(frames: string): Promise<void> | undefined;
  stop(): void;
}

interface Watched extends Voice {
  /** Whether something was written since the last sweep. */
  spoke: boolean;
  /** Whether the client has yet to take what was written. */
  busy: boolean;
  sweep(): void;
}

const open = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches a stream for silence. One timer serves all streams: a sweep every `quietAfterMs` ms lets those speak
 * that have not since the last one, so silence lasts between one and two periods. Nothing is sent before
 * the first frames, and nothing to a client that does not read.
 */
export function watchSilence(encoder: Encoder, reply: Reply): Voice {
  if (encoder.idle === undefined) return { write: (frames) => reply.write(frames), stop: () => {} };
  const watched: Watched = {
    spoke: true,
    busy: false,
    write(frames) {
      watched.spoke = true;
      const drained = reply.write(frames);
      if (drained === undefined) return undefined;
      watched.busy = true;
      return drained.finally(() => (watched.busy = false));
    },
    sweep() {
      const frames =
        watched.spoke || watched.busy || !reply.started ? "" : (encoder.idle?.() ?? "");
      watched.spoke = false;
      if (frames !== "" && !reply.gone) void reply.write(frames)?.catch(() => {});
    },
    stop() {
      open.delete(watched);
      if (open.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
  open.add(watched);
  timer ??= setInterval(sweep, quietAfterMs).unref();
  return watched;
}

function sweep(): void {
  for (const watched of open) watched.sweep();
}
