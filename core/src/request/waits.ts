/** How long an exchange waits between its attempts, in milliseconds. */
export class Waits {
  #since = Date.now();
  totalMs = 0;

  /** An attempt began at a time; returns how long it had to wait. */
  began(startedAt: number): number {
    const waited = Math.max(0, startedAt - this.#since);
    this.totalMs += waited;
    return waited;
  }

  /** An attempt failed; returns when. */
  ended(): number {
    this.#since = Date.now();
    return this.#since;
  }

  /** All waits, where the last one led to no attempt. */
  totalInVain(): number {
    return this.totalMs + Math.max(0, Date.now() - this.#since);
  }
}
