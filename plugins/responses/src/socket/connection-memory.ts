import type { ConnectionMemory, Remembered } from "../turn.ts";

/**
 * What a connection knows of its own conversation: the last response, and one before it for a client that
 * tries a turn again. It goes with the connection, so it serves clients that let nothing be kept.
 */
export function connectionMemory(): ConnectionMemory {
  const known = new Map<string, Remembered>();
  return {
    recall: (id) => known.get(id),
    remember(id, conversation) {
      known.set(id, conversation);
      for (const oldest of known.keys()) {
        if (known.size <= 2) break;
        known.delete(oldest);
      }
    },
  };
}
