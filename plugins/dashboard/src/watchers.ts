import { namedSseFrame, ssePing } from "@agproxy/core";

/** Pages that may be open at once. */
const mostWatchers = 32;
/** In characters: what waits for a browser that reads slowly. One that does not read is let go. */
const mostWaiting = 4 * 1024 * 1024;
const pingMs = 15_000;

/** One open page. */
interface Watcher {
  /** Frames that are not read yet. */
  waiting: string[];
  size: number;
  isOver: boolean;
  wake: () => void;
}

/** The pages that are open, and what they are told. Nothing is made for nobody. */
export class Watchers {
  readonly #all = new Set<Watcher>();

  get size(): number {
    return this.#all.size;
  }

  get isFull(): boolean {
    return this.#all.size >= mostWatchers;
  }

  /** Tells every page. What is told must be JSON; it is written once for all. */
  tell(event: string, told: unknown): void {
    if (this.#all.size === 0) return;
    const frame = namedSseFrame(event, JSON.stringify(told));
    for (const watcher of this.#all) {
      watcher.waiting.push(frame);
      watcher.size += frame.length;
      if (watcher.size > mostWaiting) this.#end(watcher);
      watcher.wake();
    }
  }

  /** Ends every stream: browsers come again, to the gateway that is there then. */
  close(): void {
    for (const watcher of this.#all) {
      watcher.isOver = true;
      watcher.wake();
    }
  }

  /** What one page reads: a first event, then whatever is told, until it leaves. */
  async *stream(event: string, told: unknown, signal: AbortSignal): AsyncGenerator<string> {
    const first = namedSseFrame(event, JSON.stringify(told));
    const watcher: Watcher = { waiting: [first], size: 0, isOver: false, wake: () => {} };
    this.#all.add(watcher);
    const leave = () => {
      this.#end(watcher);
      watcher.wake();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      while (!watcher.isOver || watcher.waiting.length > 0) {
        if (watcher.waiting.length === 0) await news(watcher);
        const frames = watcher.waiting.join("");
        watcher.waiting = [];
        watcher.size = 0;
        yield frames === "" ? ssePing : frames;
      }
    } finally {
      signal.removeEventListener("abort", leave);
      this.#all.delete(watcher);
    }
  }

  #end(watcher: Watcher): void {
    watcher.isOver = true;
    watcher.waiting = [];
    this.#all.delete(watcher);
  }
}

/** Resolves at the next news, or when it is time for a sign of life. */
async function news(watcher: Watcher): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, pingMs).unref();
    watcher.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  watcher.wake = () => {};
}
