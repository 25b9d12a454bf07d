/** Several instances that share a real Redis. */
import { setTimeout as sleep } from "node:timers/promises";
import { redis } from "@agproxy/plugin-redis";
import { type PoolGateway, poolGateway, type PoolOptions } from "../../support/pool-gateway.ts";
import { redisServer, withoutRedis } from "../../support/redis-server.ts";
import { ask, concurrently, failures, type Seen, slowest } from "../client.ts";
import { type Behaviour, imitation, outOfQuota, refuses, well } from "../imitation.ts";
import { Promises, type Scene } from "../scene.ts";

const skip = withoutRedis;

/** An instance that keeps what it keeps in a Redis. */
function instance(upstream: string, url: string, options: PoolOptions): Promise<PoolGateway> {
  return poolGateway(upstream, { ...options, plugins: [redis({ url })] });
}

const places = Array.from({ length: 10 }, (_, index) => index + 1);

/** So many requests at once, at each of the instances in turn. */
function burst(count: number, instances: readonly PoolGateway[]): Promise<Seen[]> {
  return concurrently(count, count, (index) =>
    ask(instances[index % instances.length]!.url, { text: `Question ${index}` }),
  );
}

function load(url: string): Promise<Seen[]> {
  return concurrently(40, 4, (index) => ask(url, { text: `Question ${index}` }));
}

const secondInstance: Scene = {
  name: "9 of 10 exhausted, a second instance comes beside the first, and a third later",
  goal: "0 calls to an exhausted account, 0 fail",
  skip,
  async play() {
    await using server = await redisServer();
    const bad = Object.fromEntries(places.slice(1).map((place) => [place, outOfQuota]));
    await using upstream = await imitation(bad);
    const options = { accounts: 10 };
    await using first = await instance(upstream.url, server.url, options);
    await using second = await instance(upstream.url, server.url, options);
    const seen = await load(first.url);
    const before = upstream.refused;
    seen.push(...(await load(second.url)));
    await using third = await instance(upstream.url, server.url, options);
    seen.push(...(await load(third.url)));
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("nobody exhausted is asked again", upstream.refused === before);
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, ${upstream.refused - before} wasted calls`,
    );
  },
};

const oneProbeOfAll: Scene = {
  name: "an account limited again after each cool-down, 30 requests at each of 3 instances wait for it",
  goal: "1 probe per cool-down over all instances",
  skip,
  async play() {
    await using server = await redisServer();
    let [refusals, begunAt] = [0, 0];
    const again = refuses({ status: 429, retryDelay: 0.5 });
    await using upstream = await imitation({
      1: (call) => {
        if (refusals === 0) begunAt = Date.now();
        refusals += 1;
        return Date.now() - begunAt < 1800 ? again(call) : well(call);
      },
    });
    const options = { accounts: 1 };
    await using one = await instance(upstream.url, server.url, options);
    await using two = await instance(upstream.url, server.url, options);
    await using three = await instance(upstream.url, server.url, options);
    const first = ask(one.url, { text: "first" });
    while (!server.keys().some((key) => key.startsWith("agproxy:rotation/"))) await sleep(5);
    const seen = await burst(90, [one, two, three]);
    seen.push(await first);
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("one refused call for each cool-down", upstream.refused <= 4);
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, ${upstream.refused} refused calls in 1.8 s of cool-downs of 0.5 s`,
    );
  },
};

const burstOfAll: Scene = {
  name: "1 of 10 healthy, fill-first, a burst of 60 at each of 3 instances that know nothing",
  goal: "0 fail; bad accounts hit at most twice each over all instances",
  skip,
  async play() {
    await using server = await redisServer();
    const bad = Object.fromEntries(places.slice(0, -1).map((place) => [place, outOfQuota]));
    await using upstream = await imitation(bad);
    const options = { accounts: 10, rotation: { strategy: "fill-first" } } as const;
    await using one = await instance(upstream.url, server.url, options);
    await using two = await instance(upstream.url, server.url, options);
    await using three = await instance(upstream.url, server.url, options);
    const seen = await burst(180, [one, two, three]);
    const worst = Math.max(...places.slice(0, -1).map((place) => upstream.hits(place)));
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("no bad account is asked more than twice", worst <= 2);
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, worst bad account hit ${worst} ×, slowest ${slowest(seen)} ms`,
    );
  },
};

/** Counts how many calls are open at once, and answers each after a while. */
function slowly(ms: number): { readonly most: number; readonly behaviour: Behaviour } {
  let open = 0;
  let most = 0;
  return {
    get most() {
      return most;
    },
    async behaviour(call) {
      open += 1;
      most = Math.max(most, open);
      await sleep(ms);
      open -= 1;
      await well(call);
    },
  };
}

const limitsOfAll: Scene = {
  name: "limits of 4 at once and 50 a minute, 60 requests over 3 instances",
  goal: "never more than 4 at once, 50 served, 10 told when",
  skip,
  async play() {
    await using server = await redisServer();
    const slow = slowly(20);
    await using upstream = await imitation({ 1: slow.behaviour });
    const limits = { "*": { concurrency: 4, requestsPerMinute: 50 } };
    const options = { accounts: 1, rotation: { limits } };
    await using one = await instance(upstream.url, server.url, options);
    await using two = await instance(upstream.url, server.url, options);
    await using three = await instance(upstream.url, server.url, options);
    const seen = await burst(60, [one, two, three]);
    const refused = seen.filter(({ status }) => status === 429);
    const soonest = Math.min(...refused.map(({ retryAfter }) => Number(retryAfter)));
    const promises = new Promises();
    promises.holds("never more than 4 at once", slow.most <= 4);
    promises.holds("50 are served", upstream.calls === 50 && failures(seen) === 10);
    promises.holds("the others are told when", refused.length === 10 && soonest > 30);
    return promises.outcome(
      `at most ${slow.most} at once, ${upstream.calls} served, ${refused.length} get a 429 with Retry-After from ${soonest} s on`,
    );
  },
};

function lines({ log }: PoolGateway, what: RegExp): number {
  return log.filter(({ msg }) => what.test(String(msg))).length;
}

const goes = /^redis: .* decides alone$/;
const comesBack = /^redis: .* is back/;

const redisDies: Scene = {
  name: "Redis is killed and started again, twice, under the load of 2 instances",
  goal: "0 chats fail; afterwards the instances agree again",
  skip,
  async play() {
    await using server = await redisServer();
    await using upstream = await imitation({ 2: outOfQuota });
    const options = { accounts: 4, rotation: { limits: { "*": { concurrency: 20 } } } };
    await using one = await instance(upstream.url, server.url, options);
    await using two = await instance(upstream.url, server.url, options);
    const both = async (what: RegExp, count: number) => {
      while ([one, two].some((gateway) => lines(gateway, what) < count)) await sleep(10);
    };
    /** Resolves once so many more chats were served. */
    const more = async (count: number) => {
      const enough = upstream.calls + count;
      while (upstream.calls < enough) await sleep(5);
    };
    const over = new AbortController();
    const killing = (async () => {
      for (const round of [1, 2]) {
        await more(100);
        await server.kill();
        await both(goes, round);
        await more(100);
        await server.start();
        await both(comesBack, round);
      }
      over.abort();
    })();
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      const seen: Seen[] = [];
      while (!over.signal.aborted) {
        seen.push(await ask([one, two][lane % 2]!.url, { text: `${lane} asks ${seen.length}` }));
      }
      return seen;
    });
    const seen = (await Promise.all(lanes)).flat();
    await killing;
    // What one learns now, the other knows.
    const wasted = upstream.hits(2);
    await concurrently(20, 4, (index) => ask(two.url, { text: `Afterwards ${index}` }));
    const promises = new Promises();
    promises.holds("no chat fails", failures(seen) === 0);
    promises.holds("the exhausted account is known", wasted <= 2 && upstream.hits(2) === wasted);
    for (const gateway of [one, two]) {
      promises.holds("a warning for each time", lines(gateway, goes) === 2);
      promises.holds("and a line when it is back", lines(gateway, comesBack) === 2);
      promises.holds("nothing else", lines(gateway, /the store failed|could not be stored/) === 0);
    }
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, slowest ${slowest(seen)} ms, the exhausted account hit ${wasted} ×`,
    );
  },
};

export const manyInstances: readonly Scene[] = [
  secondInstance,
  oneProbeOfAll,
  burstOfAll,
  limitsOfAll,
  redisDies,
];
