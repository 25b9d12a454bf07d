import type { Attempt } from "@agproxy/core";

/**
 * How long others wait for a probe, in milliseconds. A refusal comes at once, so a probe that was not refused by then is
 * taken for a good one; an answer may take minutes.
 */
export const probePatienceMs = 1000;

interface Probe {
  /** Undefined where it is another instance's. */
  readonly attempt: Attempt | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Nothing is heard of another instance's probe but its outcome, so it is believed to go on until then at most. */
  readonly endsAt: number;
}

/**
 * The attempts that try something out: an account whose cool-down has ended (half-open), or one that nobody has asked yet.
 * As long as one tries, the others go elsewhere, so that a whole burst does not run into the same refusal.
 */
export class Probes<Subject extends object> {
  readonly #probes = new WeakMap<Subject, Probe>();
  /** How many attempts of this instance try something; to be read. */
  open = 0;

  /** When others may go there although nothing is known yet; undefined where nobody tries. */
  busyUntil(subject: Subject, now: number): number | undefined {
    const probe = this.#probes.get(subject);
    // One that begins later began before the clock was set back: nobody waits for it.
    if (probe === undefined || probe.since > now) return undefined;
    const until = Math.min(probe.since + probePatienceMs, probe.endsAt);
    return until > now ? until : undefined;
  }

  /** Whether somebody tries, however long ago they began. */
  isTried(subject: Subject, now: number): boolean {
    const probe = this.#probes.get(subject);
    return probe !== undefined && probe.endsAt > now;
  }

  begin(subject: Subject, attempt: Attempt, now: number): void {
    if (this.#probes.get(subject)?.attempt === undefined) this.open += 1;
    this.#probes.set(subject, { attempt, since: now, endsAt: Infinity });
  }

  /** Another instance tries it, for so many milliseconds at most. */
  leave(subject: Subject, now: number, limitMs: number): void {
    if (this.#probes.get(subject)?.attempt !== undefined) this.open -= 1;
    this.#probes.set(subject, { attempt: undefined, since: now, endsAt: now + limitMs });
  }

  /** Ends what an attempt tries, if it still does. */
  end(subject: Subject, attempt: Attempt): void {
    if (this.#probes.get(subject)?.attempt !== attempt) return;
    this.#probes.delete(subject);
    this.open -= 1;
  }
}
