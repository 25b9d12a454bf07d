/** The events of a stream, from its first: a reader may come late, leave, and come back. */
export class FrameLog {
  readonly #frames: string[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** One frame for each event, so that its place is its sequence number. */
  get frames(): readonly string[] {
    return this.#frames;
  }

  push(text: string): void {
    for (const frame of split(text)) this.#frames.push(frame);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The frames after an event, and those to come, until the stream ends or the reader leaves. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    let next = after + 1;
    while (!signal.aborted) {
      if (next < this.#frames.length) {
        const frames = this.#frames.slice(next).join("");
        next = this.#frames.length;
        yield frames;
      } else if (this.#ended) return;
      else await this.#more(signal);
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(wake);
        resolve();
      };
      signal.addEventListener("abort", wake);
      this.#waiting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

function split(text: string): readonly string[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .map((frame) => `${frame}\n\n`);
}
