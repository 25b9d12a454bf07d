import type { Attempt } from "@agproxy/core";

/**
 * How long others wait for a probe, in milliseconds. A refusal comes at once, so a probe that was not refused by then is
 * taken for a good one; an answer may take minutes.
 */
export const probePatienceMs = 1000;

interface Probe {
  readonly attempt: Attempt;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The attempts that try something out: an account whose cool-down has ended (half-open), or one that nobody has asked yet.
 * As long as one tries, the others go elsewhere, so that a whole burst does not run into the same refusal.
 */
export class Probes<Subject extends object> {
  readonly #probes = new WeakMap<Subject, Probe>();

  /** When others may go there although nothing is known yet; undefined where nobody tries. */
  busyUntil(subject: Subject, now: number): number | undefined {
    const probe = this.#probes.get(subject);
    if (probe === undefined) return undefined;
    const until = probe.since + probePatienceMs;
    return until > now ? until : undefined;
  }

  /** Whether somebody tries, however long ago they began. */
  isTried(subject: Subject): boolean {
    return this.#probes.has(subject);
  }

  begin(subject: Subject, attempt: Attempt, now: number): void {
    this.#probes.set(subject, { attempt, since: now });
  }

  /** Ends what an attempt tries, if it still does. */
  end(subject: Subject, attempt: Attempt): void {
    if (this.#probes.get(subject)?.attempt === attempt) this.#probes.delete(subject);
  }
}
