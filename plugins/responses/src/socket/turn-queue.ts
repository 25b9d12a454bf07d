/** The turns of a connection: one after the other, and only so many that wait. */
export class TurnQueue {
  readonly #most: number;
  #tail = Promise.resolve();
  #current = Promise.resolve();
  #waiting = 0;
  #leaving = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there was room for it. */
  add(turn: () => Promise<void>): boolean {
    if (this.#waiting >= this.#most) return false;
    this.#waiting += 1;
    this.#tail = this.#tail.then(() => this.#take(turn));
    return true;
  }

  /** Begins no further turn; resolves once the one under way is over. */
  leave(): Promise<void> {
    this.#leaving = true;
    return this.#current;
  }

  async #take(turn: () => Promise<void>): Promise<void> {
    if (!this.#leaving) await (this.#current = turn());
    this.#waiting -= 1;
  }
}
