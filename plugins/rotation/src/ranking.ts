import { type Candidate, isFree, type PassedOver } from "@agproxy/core";
import type { Grade, Standing } from "./standings.ts";

/** What stands in the way of a candidate, and whether it can be taken for want of a better one. */
interface Ranked {
  readonly candidate: Candidate;
  readonly standing: Standing;
  /** Its limit, where it has reached that. */
  readonly obstacle: PassedOver | undefined;
}

/**
 * Brings candidates into the order in which they are to be taken. The free ones come first, in the order that `arrange`
 * gives them. Where none is free, shaky ones are taken, the one that recovers first before the others, so that a passing
 * fault never leaves a pool empty. Faulty ones are taken only where there is nothing to wait for. Candidates that are not
 * taken are marked as passed over.
 */
export function ranking(
  ranked: readonly Ranked[],
  arrange: (free: readonly Candidate[]) => readonly Candidate[],
): readonly Candidate[] {
  const grade = takenGrade(ranked);
  const taken: Ranked[] = [];
  const rest: Candidate[] = [];
  for (const one of ranked) {
    if (one.standing.grade === grade && isOpen(one)) taken.push(one);
    else rest.push(passedOver(one));
  }
  if (grade === "free") return arrange(taken.map(({ candidate }) => candidate)).concat(rest);
  return taken
    .toSorted((a, b) => recovery(a) - recovery(b))
    .map(({ candidate }) => candidate)
    .concat(rest);
}

function isOpen({ candidate, obstacle }: Ranked): boolean {
  return obstacle === undefined && isFree(candidate);
}

/** The grade of those who are taken, if anybody is. */
function takenGrade(ranked: readonly Ranked[]): Grade | undefined {
  const grades = new Set<Grade>();
  let isBusy = false;
  for (const one of ranked) {
    if (isOpen(one)) grades.add(one.standing.grade);
    else isBusy ||= one.obstacle !== undefined;
  }
  if (grades.has("free")) return "free";
  if (grades.has("shaky")) return "shaky";
  if (isBusy || grades.has("probing") || grades.has("waiting")) return undefined;
  return grades.has("faulty") ? "faulty" : undefined;
}

function recovery({ standing }: Ranked): number {
  return standing.until ?? 0;
}

/** Another plugin's reason stays; the time of recovery is added where only this plugin knows it. */
function passedOver({ candidate, standing, obstacle }: Ranked): Candidate {
  const own = obstacle ?? reasonOf(standing);
  const given = candidate.passedOver;
  if (own === undefined || (given !== undefined && given.until !== undefined)) return candidate;
  return { ...candidate, passedOver: { ...own, ...given } };
}

/** Why an account is passed over that stands so. */
export function reasonOf({ grade, coolDown, until }: Standing): PassedOver | undefined {
  if (grade === "free") return undefined;
  const time = until === undefined ? {} : { until };
  if (grade === "probing")
    return { reason: "is being tried by another request", isBusy: true, ...time };
  if (coolDown === undefined) return { reason: "its model is overloaded", ...time };
  return { reason: coolDown.reason, error: coolDown.error, ...time };
}
