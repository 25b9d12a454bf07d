import type { Candidate } from "agproxy";
import type { Grade, Standing } from "./standing.ts";

/** A candidate and how it stands. */
export interface Ranked {
  readonly candidate: Candidate;
  readonly standing: Standing;
}

/**
 * Brings candidates into the order in which they are to be taken. The free ones come first, in the order
 * that `arrange` gives them. Where none is free, those that only stumbled are taken, the one that recovers
 * first before the others, so that a passing fault never leaves a pool empty. Faulty ones are taken
 * only where there is nothing to wait for. Whoever is not to be taken is marked as passed over.
 */
export function ranking(
  ranked: readonly Ranked[],
  arrange: (free: readonly Candidate[]) => readonly Candidate[],
): readonly Candidate[] {
  const grade = takenGrade(ranked.filter(isOpen));
  const isTaken = (one: Ranked) => isOpen(one) && one.standing.grade === grade;
  const taken = ranked.filter(isTaken);
  const rest = ranked.filter((one) => !isTaken(one));
  const chosen =
    grade === "free"
      ? arrange(taken.map(({ candidate }) => candidate))
      : taken.toSorted(byRecovery).map(({ candidate }) => candidate);
  return [...chosen, ...rest.map(passedOver)];
}

function isOpen({ candidate }: Ranked): boolean {
  return candidate.passedOver === undefined;
}

function takenGrade(open: readonly Ranked[]): Grade | undefined {
  const grades = new Set(open.map(({ standing }) => standing.grade));
  if (grades.has("free")) return "free";
  if (grades.has("shaky")) return "shaky";
  if (grades.has("limited")) return undefined;
  return grades.has("faulty") ? "faulty" : undefined;
}

function byRecovery(a: Ranked, b: Ranked): number {
  return (a.standing.coolDown?.until ?? 0) - (b.standing.coolDown?.until ?? 0);
}

/** Another plugin's reason stays; the time of recovery is added where only this plugin knows it. */
function passedOver({ candidate, standing: { coolDown } }: Ranked): Candidate {
  const given = candidate.passedOver;
  if (coolDown === undefined || given?.until !== undefined) return candidate;
  const { reason, until } = coolDown;
  return { ...candidate, passedOver: { reason: given?.reason ?? reason, until } };
}
