/** Frames between the one that writes them and the one that sends them. Neither runs far ahead. */
export class FrameQueue implements AsyncIterable<string> {
  readonly #signal: AbortSignal;
  #waiting = "";
  #ended = false;
  #arrived: (() => void) | undefined;
  #taken: (() => void) | undefined;

  /** Once it aborts nothing is handed out any more. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** A promise where the reader has yet to take what was there before. */
  push(frames: string): Promise<void> | undefined {
    const behind = this.#waiting !== "" && !this.#signal.aborted;
    this.#waiting += frames;
    this.#arrived?.();
    if (!behind) return undefined;
    return new Promise((resolve) => {
      this.#taken = resolve;
      this.#signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  end(frames: string): void {
    this.#waiting += frames;
    this.#ended = true;
    this.#arrived?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    while (!this.#signal.aborted) {
      const frames = this.#waiting;
      this.#waiting = "";
      this.#taken?.();
      this.#taken = undefined;
      if (frames !== "") yield frames;
      else if (this.#ended) return;
      else await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#arrived = resolve;
      this.#signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
