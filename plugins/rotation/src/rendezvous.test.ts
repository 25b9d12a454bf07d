import assert from "node:assert/strict";
import { test } from "node:test";
import type { Candidate } from "@agproxy/core";
import { rendezvous } from "./arrangement.ts";

const upstream = { name: "none", send: () => Promise.reject(new Error("not sent in this test")) };

const candidates = (...ids: readonly string[]) =>
  ids.map((id): Candidate => ({ account: { id, label: id, upstream } }));

const numbered = (count: number) =>
  candidates(...Array.from({ length: count }, (_, index) => `account-${index + 1}`));

const winner = (free: readonly Candidate[], conversation: string) =>
  rendezvous(free, conversation)[0]?.account.id;

const many = Array.from({ length: 10_000 }, (_, index) => `caller\nthread-${index}`);

test("every conversation has an order of all accounts, and always the same one", () => {
  const free = numbered(5);
  const order = rendezvous(free, "c\nt");
  assert.deepEqual(new Set(order), new Set(free));
  assert.deepEqual(rendezvous(free.toReversed(), "c\nt"), order);
  assert.deepEqual(rendezvous([], "c\nt"), []);
});

/** The order must not change from one version to the next: every conversation would move. */
test("a conversation's order is this one", () => {
  const ids = rendezvous(numbered(5), "caller\nthread").map(({ account }) => account.id);
  assert.deepEqual(ids, ["account-5", "account-2", "account-4", "account-1", "account-3"]);
});

for (const count of [2, 3, 7]) {
  test(`${count} accounts get equal shares of the conversations, as first and as second choice`, () => {
    const free = numbered(count);
    for (const place of [0, 1]) {
      const shares = new Map<string, number>();
      for (const conversation of many) {
        const id = rendezvous(free, conversation)[place]?.account.id ?? "";
        shares.set(id, (shares.get(id) ?? 0) + 1);
      }
      assert.equal(shares.size, count);
      const fair = many.length / count;
      for (const [id, share] of shares)
        assert.ok(Math.abs(share - fair) < fair * 0.1, `${id}: ${share} of ${fair}`);
    }
  });
}

test("the conversations of an account that goes are spread over all others, and nobody else moves", () => {
  const free = numbered(5);
  const left = free.slice(0, -1);
  const heirs = new Set<string | undefined>();
  for (const conversation of many) {
    const [first, second] = rendezvous(free, conversation);
    const now = winner(left, conversation);
    if (first?.account.id !== "account-5") assert.equal(now, first?.account.id);
    else assert.equal(now, second?.account.id);
    if (first?.account.id === "account-5") heirs.add(now);
  }
  assert.equal(heirs.size, 4);
});

test("an account that comes takes its share, and nobody moves elsewhere", () => {
  const free = numbered(4);
  const more = numbered(5);
  const moved = many.filter((one) => winner(free, one) !== winner(more, one));
  for (const one of moved) assert.equal(winner(more, one), "account-5");
  assert.ok(Math.abs(moved.length - many.length / 5) < many.length / 50, String(moved.length));
});
