import type { ConnectionMemory, Remembered } from "../turn.ts";

/** The longest conversation that a connection holds, in characters of its messages. */
const longest = 128 * 1024 * 1024;

/**
 * What a connection knows of its own conversation: the last response, and one before it for a client that
 * tries a turn again. It goes with the connection, so it serves clients that let nothing be kept. A
 * conversation that grows too long is forgotten; its client then sends it as a whole.
 */
export class ChainMemory implements ConnectionMemory {
  readonly #known = new Map<string, Remembered>();
  #heard = 0;

  /** Counts a message; one that begins a conversation begins the count. */
  hear(length: number, begins: boolean): void {
    this.#heard = begins ? length : this.#heard + length;
    if (this.#heard > longest) this.#known.clear();
  }

  recall(id: string): Remembered | undefined {
    return this.#known.get(id);
  }

  remember(id: string, conversation: Remembered): void {
    this.#known.set(id, conversation);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= 2) break;
      this.#known.delete(oldest);
    }
  }
}
