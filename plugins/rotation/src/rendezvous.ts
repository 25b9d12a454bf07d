import type { Candidate } from "@agproxy/core";

/**
 * The candidates in the order in which a conversation prefers them: by the hash of conversation and account,
 * highest first. It needs no memory, so it holds over a restart and on every instance; where an account comes
 * or goes, only the conversations move that go to it or were on it. The account's id counts, not its place.
 * Source: https://www.eecs.umich.edu/techreports/cse/96/CSE-TR-316-96.pdf (highest random weight)
 */
export function rendezvous(free: readonly Candidate[], conversation: string): readonly Candidate[] {
  if (free.length < 2) return free;
  const seed = fnv(conversation, offsetBasis);
  return free
    .map((candidate) => ({ candidate, weight: mixed(fnv(candidate.account.id, seed)) }))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ candidate }) => candidate);
}

export const offsetBasis = 0x811c9dc5;

/** FNV-1a over UTF-16 units, going on from `seed`. Source: https://datatracker.ietf.org/doc/draft-eastlake-fnv/ */
export function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/**
 * The last step of MurmurHash3: FNV leaves ids that differ in one letter close together, and then the same
 * account would win too often.
 */
function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
