import { setTimeout as sleep } from "node:timers/promises";
import type { GeminiCall } from "../../support/gemini-server.ts";
import { poolGateway } from "../../support/pool-gateway.ts";
import { ask, concurrently, failures, type Seen, slowest } from "../client.ts";
import {
  imitation,
  lateFailures,
  limitedFor,
  overloaded,
  refuses,
  servesPerWindow,
  well,
} from "../imitation.ts";
import { Promises, type Scene } from "../scene.ts";

function failsLate(how: string): Scene {
  return {
    name: `1 of 3 fails after its first event (${how}), 15 streams`,
    goal: "at most 1 client broken per cool-down",
    async play() {
      await using upstream = await imitation({ 1: lateFailures[how]! });
      const timeouts = { connect: 10_000, firstByte: 5000, idle: 600, request: 30_000 };
      await using gateway = await poolGateway(upstream.url, { accounts: 3, timeouts });
      const seen = await concurrently(15, 1, (index) =>
        ask(gateway.url, { text: `Question ${index}` }),
      );
      const broken = failures(seen);
      const promises = new Promises();
      promises.holds("one client broken", broken <= 1);
      return promises.outcome(`${broken} of 15 broken`);
    },
  };
}

/** Sends 10 requests a second for so long. */
async function steadily(url: string, ms: number): Promise<readonly Seen[]> {
  const count = Math.ceil(ms / 100);
  const sent: Promise<Seen>[] = [];
  for (let index = 0; index < count; index += 1) {
    sent.push(ask(url, { stream: index % 2 === 0, text: `Question ${index}` }));
    await sleep(100);
  }
  return Promise.all(sent);
}

function allCool(seconds: number): Scene {
  return {
    name: `all of 3 accounts cool for ${seconds} s, 10 requests a second`,
    goal: "0 get a 429",
    async play() {
      const cool = limitedFor(seconds);
      await using upstream = await imitation({ 1: cool, 2: cool, 3: cool });
      await using gateway = await poolGateway(upstream.url, { accounts: 3 });
      const seen = await steadily(gateway.url, seconds * 1000 + 500);
      const promises = new Promises();
      promises.holds("no client fails", failures(seen) === 0);
      return promises.outcome(
        `${failures(seen)} of ${seen.length} fail, slowest ${slowest(seen)} ms, ${upstream.refused} refused calls`,
      );
    },
  };
}

const burstOfSixty: Scene = {
  name: "burst of 60 at a pool that serves 30 per 1.5 s",
  goal: "0 fail, in the order of arrival",
  async play() {
    const window = servesPerWindow(10, 1500);
    await using upstream = await imitation({
      1: window,
      2: servesPerWindow(10, 1500),
      3: servesPerWindow(10, 1500),
    });
    await using gateway = await poolGateway(upstream.url, { accounts: 3 });
    const startedAt = Date.now();
    const seen = await concurrently(60, 60, (index) =>
      ask(gateway.url, { stream: index % 2 === 0, text: `Question ${index}` }),
    );
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    const total = Math.max(...seen.map(({ endedAt }) => endedAt)) - startedAt;
    return promises.outcome(
      `${failures(seen)} fail, all served after ${total} ms (ideal 1,500), ${upstream.refused} refused calls`,
    );
  },
};

const oneProbe: Scene = {
  name: "an account limited again after each cool-down, 31 requests wait for it",
  goal: "1 probe per cool-down",
  async play() {
    let [refusals, begunAt] = [0, 0];
    const again = refuses({ status: 429, retryDelay: 0.5 });
    await using upstream = await imitation({
      1: (call) => {
        if (refusals === 0) begunAt = Date.now();
        refusals += 1;
        return Date.now() - begunAt < 1800 ? again(call) : well(call);
      },
    });
    await using gateway = await poolGateway(upstream.url, { accounts: 1 });
    const first = ask(gateway.url, { text: "first" });
    while (upstream.refused === 0) await sleep(5);
    const seen = await concurrently(30, 30, (index) =>
      ask(gateway.url, { text: `Question ${index}` }),
    );
    seen.push(await first);
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("one refused call for each cool-down", upstream.refused <= 4);
    return promises.outcome(
      `${failures(seen)} fail, ${upstream.refused} refused calls in 1.8 s of cool-downs of 0.5 s`,
    );
  },
};

const modelOverloaded: Scene = {
  name: '503 "overloaded" of the model on all 5 accounts, 20 requests',
  goal: "the model rests, 503 with Retry-After, few calls",
  async play() {
    await using upstream = await imitation({
      1: overloaded,
      2: overloaded,
      3: overloaded,
      4: overloaded,
      5: overloaded,
    });
    await using gateway = await poolGateway(upstream.url, {
      accounts: 5,
      rotation: { maxWait: 1000 },
    });
    const seen = await concurrently(20, 1, (index) =>
      index === 0 ? ask(gateway.url) : ask(gateway.url, { text: `Question ${index}` }),
    );
    const promises = new Promises();
    promises.holds(
      "503",
      seen.every(({ status }) => status === 503),
    );
    promises.holds(
      "Retry-After",
      seen.every(({ retryAfter }) => Number(retryAfter) > 0),
    );
    promises.holds("each account once, then one probe at a time", upstream.calls <= 5 + 20);
    return promises.outcome(`${upstream.calls} calls for 20 clients`);
  },
};

const chainTakesOver: Scene = {
  name: '503 "overloaded" of the model on all accounts, with a fallback chain',
  goal: "0 fail, the next model answers",
  async play() {
    await using upstream = await imitation({ 1: overloadedPro, 2: overloadedPro });
    await using gateway = await poolGateway(upstream.url, {
      accounts: 2,
      rotation: { fallback: { "gemini-2.5-pro": ["gemini-2.5-flash"] } },
    });
    const seen = await concurrently(20, 5, (index) =>
      ask(gateway.url, { model: "gemini-2.5-pro", text: `Question ${index}` }),
    );
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    return promises.outcome(
      `${failures(seen)} fail, slowest ${slowest(seen)} ms, ${upstream.refused} refused calls`,
    );
  },
};

function overloadedPro(call: GeminiCall): void | Promise<void> {
  return call.response.req.url?.includes("gemini-2.5-pro") === true ? overloaded(call) : well(call);
}

const staleConnections: Scene = {
  name: "the upstream closes kept connections just as the next call comes, 100 requests",
  goal: "0 fail, no account blamed, no other account asked",
  async play() {
    const used = new WeakMap<object, number>();
    let broken = 0;
    const forgets = (call: GeminiCall): void | Promise<void> => {
      const { socket } = call.response;
      const count = socket === null ? 0 : (used.get(socket) ?? 0) + 1;
      if (socket !== null) used.set(socket, count);
      if (count % 3 !== 0) return well(call);
      broken += 1;
      socket?.resetAndDestroy();
    };
    await using upstream = await imitation({ 1: forgets });
    await using gateway = await poolGateway(upstream.url, {
      accounts: 2,
      rotation: { strategy: "fill-first" },
    });
    const seen = await concurrently(100, 1, (index) =>
      ask(gateway.url, { stream: index % 2 === 0, text: `Question ${index}` }),
    );
    const cools = gateway.log.filter(({ msg }) => msg === "cools").length;
    const promises = new Promises();
    promises.holds("connections were closed", broken > 10);
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("no account is blamed", cools === 0 && upstream.hits(2) === 0);
    return promises.outcome(
      `${failures(seen)} fail, ${broken} connections closed, ${cools} cool-downs, slowest ${slowest(seen)} ms`,
    );
  },
};

export const recovery: readonly Scene[] = [
  ...Object.keys(lateFailures).map(failsLate),
  allCool(0.5),
  allCool(2),
  allCool(5),
  burstOfSixty,
  oneProbe,
  modelOverloaded,
  chainTakesOver,
  staleConnections,
];
