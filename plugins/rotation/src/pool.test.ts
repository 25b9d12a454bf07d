import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Account,
  AgproxyError,
  type Candidate,
  type ErrorCode,
  type Exchange,
  type Outcome,
} from "@agproxy/core";
import { Pool } from "./pool.ts";
import { strategies, type StrategyName } from "./strategies.ts";

const upstream = { name: "none", send: () => Promise.reject(new Error("not sent in this test")) };

const account = (id: string, quotaGroup?: string): Account =>
  quotaGroup === undefined ? { id, label: id, upstream } : { id, label: id, upstream, quotaGroup };

function exchangeOf(model = "m", signal = new AbortController().signal): Exchange {
  const incoming = {
    id: "1",
    method: "POST",
    path: "/",
    query: new URLSearchParams(),
    headers: {},
    remoteAddress: "",
    protocol: "http" as const,
    receivedAt: 0,
    signal,
    setHeader() {},
    noteIgnored() {},
  };
  const request = { model, messages: [], stream: false, sampling: {} };
  return { incoming, caller: { id: "c", name: "c" }, protocol: "p", request, model };
}

/** An exchange of a conversation. */
function of(cacheKey: string, caller = "c"): Exchange {
  const exchange = exchangeOf();
  const request = { ...exchange.request, cacheKey };
  return { ...exchange, caller: { id: caller, name: caller }, request };
}

/** A pool with a clock that the test turns, and what the core would do with its answers. */
function world(
  accounts: readonly Account[],
  strategy: StrategyName = "round-robin",
  sticky = true,
) {
  const clock = { now: 1_000_000 };
  const rules = {
    strategy: strategies[strategy],
    sticky,
    attempts: 3,
    maxWaitMs: 0,
    limits: {},
    nextModel: () => undefined,
  };
  const pool = new Pool(rules, { now: () => clock.now, steady: () => clock.now, random: () => 0 });

  const rank = (exchange: Exchange, spent: readonly Account[] = []) =>
    pool.rank(
      accounts.map((one): Candidate =>
        spent.includes(one) ? { account: one, passedOver: { reason: "spent" } } : { account: one },
      ),
      exchange,
      exchange.model,
    );
  const taken = (exchange = exchangeOf(), spent: readonly Account[] = []) =>
    rank(exchange, spent).find((candidate) => candidate.passedOver === undefined)?.account.id;
  const begin = (exchange: Exchange, one: Account, number = 1) =>
    void pool.claim({
      exchange,
      account: one,
      model: exchange.model,
      number,
      startedAt: clock.now,
    });
  const fail = (exchange: Exchange, one: Account, code: ErrorCode, retryAfter?: number) =>
    pool.failed(
      { error: new AgproxyError(code, undefined, retryAfter === undefined ? {} : { retryAfter }) },
      { exchange, account: one, model: exchange.model, number: 1, startedAt: clock.now },
    );
  const end = (exchange: Exchange, one: Account, outcome: Outcome = "ok") =>
    pool.ended({
      exchange,
      outcome,
      model: exchange.model,
      status: 200,
      waitMs: 0,
      attempts: [{ account: one, model: exchange.model, startedAt: 0, waitMs: 0, firstEventMs: 1 }],
      durationMs: 1,
    });
  /** A whole exchange that goes well; says which account took it. */
  const serve = (model = "m") => {
    const exchange = exchangeOf(model);
    const id = taken(exchange);
    const one = accounts.find((each) => each.id === id);
    assert.ok(one !== undefined);
    begin(exchange, one);
    end(exchange, one);
    return id;
  };
  /** An exchange whose only attempt, on this account, fails. */
  const stumble = (one: Account, code: ErrorCode, retryAfter?: number, model = "m") => {
    const exchange = exchangeOf(model);
    rank(exchange);
    return fail(exchange, one, code, retryAfter);
  };
  /** Lets every account answer once, so that none is tried out any more. */
  const prove = () => {
    for (const one of accounts) {
      const exchange = of("proof");
      begin(exchange, one);
      end(exchange, one);
    }
  };
  return { clock, rank, taken, begin, fail, end, serve, stumble, prove };
}

const [a, b, c] = [account("a"), account("b"), account("c")] as const;

test("round-robin: accounts take turns, for each model on its own", () => {
  const { serve } = world([a, b, c]);
  assert.deepEqual([serve(), serve(), serve("other"), serve(), serve()], ["a", "b", "a", "c", "a"]);
});

test("round-robin: asking who is ready takes no turn", () => {
  const { serve, taken } = world([a, b]);
  assert.deepEqual([serve(), taken(), taken(), serve()], ["a", "b", "b", "b"]);
});

test("round-robin: a model's name in other spellings is the same model", () => {
  const { serve } = world([a, b]);
  assert.deepEqual([serve("gemini-x"), serve("models/Gemini-X")], ["a", "b"]);
});

test("fill-first: the first account as long as it is free", () => {
  const { clock, serve, stumble } = world([a, b], "fill-first");
  assert.deepEqual([serve(), serve()], ["a", "a"]);
  stumble(a, "rate_limit_exceeded", 5000);
  assert.equal(serve(), "b");
  clock.now += 5000;
  assert.equal(serve(), "a");
});

test("round-robin: a second attempt takes no second turn", () => {
  const { taken, begin, prove } = world([a, b, c]);
  prove();
  const exchange = exchangeOf();
  assert.equal(taken(exchange), "a");
  begin(exchange, a, 1);
  begin(exchange, b, 2);
  assert.equal(taken(), "b");
});

test("a success ends the row of an account's failures, a failure does not", () => {
  for (const [outcome, seconds] of [
    ["ok", 10],
    ["failed", 20],
  ] as const) {
    const { clock, begin, end, stumble } = world([a]);
    clock.now = stumble(a, "rate_limit_exceeded").coolDown?.until ?? 0;
    const exchange = exchangeOf();
    begin(exchange, a);
    end(exchange, a, outcome);
    const again = stumble(a, "rate_limit_exceeded").coolDown?.until;
    assert.equal(again, clock.now + seconds * 1000);
  }
});

test("least-busy: the account with the fewest open attempts, turns among equals", () => {
  const { taken, begin, end, prove } = world([a, b], "least-busy");
  prove();
  const exchanges = [exchangeOf(), exchangeOf(), exchangeOf()] as const;
  begin(exchanges[0], a);
  assert.equal(taken(), "b");
  begin(exchanges[1], b);
  begin(exchanges[2], b);
  assert.equal(taken(), "a");
  end(exchanges[1], b, "aborted");
  end(exchanges[2], b, "failed");
  end(exchanges[2], b, "failed");
  assert.equal(taken(), "b");
});

test("least-busy: an attempt that failed is over when the next one begins", () => {
  const { taken, begin, end, prove } = world([a, b], "least-busy");
  prove();
  const exchange = exchangeOf();
  begin(exchange, a, 1);
  begin(exchange, b, 2);
  assert.equal(taken(), "a");
  end(exchange, b);
  begin(exchangeOf(), a);
  assert.equal(taken(), "b");
});

test("a limit holds for this model and this account only, until its time", () => {
  const { clock, taken, stumble } = world([a, b], "fill-first");
  stumble(a, "rate_limit_exceeded", 48_000);
  assert.equal(taken(), "b");
  assert.equal(taken(exchangeOf("other")), "a");
  clock.now += 47_999;
  assert.equal(taken(), "b");
  clock.now += 1;
  assert.equal(taken(), "a");
});

test("a limit holds for the whole quota group", () => {
  const [g1, g2] = [account("g1", "project"), account("g2", "project")];
  const { taken, stumble } = world([g1, g2, a], "fill-first");
  assert.equal(stumble(g1, "quota_exhausted").verdict?.retry, "next account");
  assert.equal(taken(), "a");
});

test("an account does not share a group's limit because its id is the group's name", () => {
  const { taken, stumble } = world([account("g", "x"), account("x")], "fill-first");
  stumble(account("g", "x"), "quota_exhausted");
  assert.equal(taken(), "x");
});

test("everybody limited: all are passed over, each with its reason and time", () => {
  const { clock, rank, stumble } = world([a, b]);
  stumble(a, "rate_limit_exceeded", 5000);
  stumble(b, "quota_exhausted", 9000);
  assert.deepEqual(
    rank(exchangeOf()).map(({ account: { id }, passedOver }) => {
      const { reason, until, error } = passedOver ?? {};
      return [id, reason, until, error?.code];
    }),
    [
      ["a", "The account's rate limit is reached.", clock.now + 5000, "rate_limit_exceeded"],
      ["b", "The account's quota is used up.", clock.now + 9000, "quota_exhausted"],
    ],
  );
});

test("passing faults never leave a pool empty: the one that recovers first is taken", () => {
  const { clock, taken, stumble } = world([a, b], "fill-first");
  stumble(b, "upstream_failed");
  clock.now += 1;
  stumble(a, "upstream_unreachable");
  assert.equal(taken(), "b");
  assert.equal(world([a]).stumble(a, "upstream_failed").verdict?.retry, "same account");
});

test("a passing fault is preferred to a limit", () => {
  const { taken, stumble } = world([a, b], "fill-first");
  stumble(a, "rate_limit_exceeded", 1000);
  stumble(b, "upstream_cut");
  assert.equal(taken(), "b");
});

test("rejected credentials put an account last for every model", () => {
  const { taken, stumble } = world([a, b], "fill-first");
  assert.equal(stumble(a, "account_rejected").verdict?.retry, "next account");
  assert.equal(taken(exchangeOf("other")), "b");
});

test("an account at fault is no way round a limit: the wait is what the client is to know", () => {
  const { taken, stumble } = world([a, b]);
  stumble(a, "account_rejected");
  stumble(b, "rate_limit_exceeded", 1000);
  assert.equal(taken(), undefined);
});

test("where every account is at fault one is tried, so that the client sees why", () => {
  const { taken, stumble } = world([a, b]);
  stumble(a, "model_not_found");
  stumble(b, "model_not_found");
  assert.equal(taken(), "a");
});

test("request-caused errors cool nobody", () => {
  const { taken, stumble } = world([a, b], "fill-first");
  for (const code of ["invalid_request", "upstream_rejected", "context_length_exceeded"] as const) {
    assert.deepEqual(stumble(a, code, 60_000), { verdict: undefined, coolDown: undefined });
  }
  assert.equal(taken(), "a");
});

test("a client that has left cools nobody, whatever the error was", () => {
  const { taken, rank, fail } = world([a, b], "fill-first");
  const gone = AbortSignal.abort();
  const exchange = exchangeOf("m", gone);
  rank(exchange);
  const consequence = fail(exchange, a, "rate_limit_exceeded", 60_000);
  assert.deepEqual(consequence, { verdict: undefined, coolDown: undefined });
  assert.equal(taken(), "a");
});

test("accounts that failed in this exchange are no others", () => {
  const { rank, fail } = world([a, b]);
  const exchange = exchangeOf();
  rank(exchange);
  assert.equal(fail(exchange, a, "upstream_failed").verdict?.retry, "next account");
  rank(exchange, [a]);
  assert.equal(fail(exchange, b, "upstream_failed").verdict?.retry, "same account");
  assert.equal(fail(exchange, b, "upstream_failed").verdict, undefined);
});

test("a candidate that another plugin passed over stays so, with the time of recovery added", () => {
  const { clock, rank, stumble } = world([a, b]);
  stumble(a, "rate_limit_exceeded", 5000);
  const [first, second] = rank(exchangeOf(), [a]);
  assert.equal(first?.account.id, "b");
  assert.equal(second?.passedOver?.reason, "spent");
  assert.equal(second?.passedOver?.until, clock.now + 5000);
});

test("a pool of nobody stays empty", () => {
  assert.deepEqual(world([]).rank(exchangeOf()), []);
});

test("a conversation stays on its account, whatever the strategy and whoever is busy", () => {
  for (const strategy of ["round-robin", "fill-first", "least-busy"] as const) {
    const { taken, begin, prove } = world([a, b, c], strategy);
    prove();
    const homes = Array.from({ length: 30 }, (_, index) => taken(of(`t${index}`)));
    assert.equal(new Set(homes).size, 3);
    const first = of("t0");
    begin(first, [a, b, c].find(({ id }) => id === homes[0]) ?? a);
    const again = homes.map((_, index) => taken(of(`t${index}`)));
    assert.deepEqual(again, homes);
  }
});

test("the same word of another caller is another conversation", () => {
  const { taken } = world([a, b, c]);
  const callers = Array.from({ length: 30 }, (_, index) => taken(of("thread", `c${index}`)));
  assert.equal(new Set(callers).size, 3);
});

test("a conversation leaves an account that cools, and only then, and comes back", () => {
  const { clock, taken, stumble } = world([a, b, c]);
  const homes = Array.from({ length: 30 }, (_, index) => taken(of(`t${index}`)));
  for (const code of ["rate_limit_exceeded", "upstream_failed", "account_rejected"] as const) {
    const until = stumble(b, code, 5000).coolDown?.until ?? 0;
    for (const [index, home] of homes.entries()) {
      const now = taken(of(`t${index}`));
      if (home === "b") assert.notEqual(now, "b");
      else assert.equal(now, home);
    }
    clock.now = until;
    assert.deepEqual(
      homes.map((_, index) => taken(of(`t${index}`))),
      homes,
    );
  }
});

test("conversations take no turns from the others", () => {
  const { serve, begin } = world([a, b]);
  const served = [serve()];
  begin(of("thread"), a);
  served.push(serve());
  begin(of("thread"), a);
  assert.deepEqual([...served, serve()], ["a", "b", "a"]);
});

test("not sticky, or with an empty word, an exchange is nobody's: the strategy decides", () => {
  const { taken } = world([a, b, c], "fill-first", false);
  const sticky = world([a, b, c], "fill-first");
  for (let index = 0; index < 10; index += 1) {
    assert.equal(taken(of(`t${index}`)), "a");
    assert.equal(sticky.taken(of("", `c${index}`)), "a");
  }
});

test("once every first try is over nobody is tried out any more, whoever was answered first", () => {
  const { taken, begin, end, rank } = world([a, b]);
  const exchanges = [of("t"), of("t"), of("t")] as const;
  const home = taken(exchanges[0]) === "a" ? a : b;
  for (const exchange of exchanges) {
    rank(exchange);
    begin(exchange, home);
  }
  for (const exchange of exchanges.toReversed()) end(exchange, home);
  assert.deepEqual(
    rank(exchangeOf()).map(({ passedOver }) => passedOver),
    [undefined, undefined],
  );
});
