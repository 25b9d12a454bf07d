import assert from "node:assert/strict";
import { test } from "node:test";
import { type Member, nowhere, Roster } from "./roster.ts";

type Named = Member & { readonly name: string };

const named = (name: string): Named => ({ name, place: nowhere });

function names(roster: Roster<Named>): string {
  const found: string[] = [];
  roster.each(({ name }) => found.push(name));
  return found.toSorted().join("");
}

test("members come and go in any order, and twice is once", () => {
  const roster = new Roster<Named>();
  const [a, b, c, d] = [named("a"), named("b"), named("c"), named("d")] as const;
  for (const one of [a, b, c, d, a]) roster.add(one);
  assert.equal(names(roster), "abcd");
  for (const one of [b, b, d]) roster.remove(one);
  assert.equal(names(roster), "ac");
  roster.add(b);
  roster.remove(a);
  assert.equal(names(roster), "bc");
  assert.equal(roster.size, 2);
});

test("members that leave while all are visited make it miss nobody", () => {
  const roster = new Roster<Named>();
  for (const name of ["a", "b", "c", "d"]) roster.add(named(name));
  const visited: string[] = [];
  roster.each((one) => {
    visited.push(one.name);
    roster.remove(one);
  });
  assert.deepEqual(visited.toSorted(), ["a", "b", "c", "d"]);
  assert.equal(roster.size, 0);
});
