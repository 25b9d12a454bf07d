import type { Account, Candidate } from "@agproxy/core";
import type { Grade, Standing } from "./standing.ts";

/**
 * Brings candidates into the order in which they are to be taken. The free ones come first, in the order
 * that `arrange` gives them. Where none is free, those that only stumbled are taken, the one that recovers
 * first before the others, so that a passing fault never leaves a pool empty. Faulty ones are taken
 * only where there is nothing to wait for. Whoever is not to be taken is marked as passed over.
 */
export function ranking(
  candidates: readonly Candidate[],
  standing: (account: Account) => Standing,
  arrange: (free: readonly Candidate[]) => readonly Candidate[],
): readonly Candidate[] {
  const standings = candidates.map(({ account }) => standing(account));
  const grade = takenGrade(candidates, standings);
  const taken: Candidate[] = [];
  const rest: Candidate[] = [];
  for (let index = 0; index < candidates.length; index += 1) {
    const [candidate, its] = [candidates[index]!, standings[index]!];
    if (its.grade === grade && isOpen(candidate)) taken.push(candidate);
    else rest.push(passedOver(candidate, its));
  }
  if (grade === "free") return arrange(taken).concat(rest);
  const recovery = new Map(
    candidates.map((one, index) => [one, standings[index]?.coolDown?.until]),
  );
  const until = (candidate: Candidate) => recovery.get(candidate) ?? 0;
  return taken.sort((a, b) => until(a) - until(b)).concat(rest);
}

/** Whether no other plugin speaks against it. */
export function isOpen({ passedOver }: Candidate): boolean {
  return passedOver === undefined;
}

/** The grade of those who are taken, if anybody is. */
function takenGrade(
  candidates: readonly Candidate[],
  standings: readonly Standing[],
): Grade | undefined {
  const best = bestFirst.find((grade) =>
    standings.some((one, index) => one.grade === grade && isOpen(candidates[index]!)),
  );
  return best === "limited" ? undefined : best;
}

const bestFirst: readonly Grade[] = ["free", "shaky", "limited", "faulty"];

/** Another plugin's reason stays; the time of recovery is added where only this plugin knows it. */
function passedOver(candidate: Candidate, { coolDown }: Standing): Candidate {
  const given = candidate.passedOver;
  if (coolDown === undefined || given?.until !== undefined) return candidate;
  const { reason = coolDown.reason } = given ?? {};
  return { ...candidate, passedOver: { reason, until: coolDown.until } };
}
