import { poolGateway } from "../../support/pool-gateway.ts";
import { ask, concurrently, failures, slowest } from "../client.ts";
import {
  badKey,
  type Behaviour,
  imitation,
  outOfQuota,
  overloaded,
  refuses,
} from "../imitation.ts";
import { drawn, Promises, type Scene } from "../scene.ts";

/** Behaviours for the places that are not `healthy`. */
function allBut(healthy: ReadonlySet<number>, among: number, behaviour: Behaviour) {
  const places = Array.from({ length: among }, (_, index) => index + 1);
  return Object.fromEntries(
    places.filter((place) => !healthy.has(place)).map((place) => [place, behaviour]),
  );
}

function fiveOfHundred(width: number): Scene {
  return {
    name: `5 of 100 accounts healthy, 200 requests, ${width === 1 ? "one after the other" : `${width} at a time`}`,
    goal: "0 fail; no more refused calls than bad accounts",
    async play(random) {
      const healthy = drawn(random, 5, 100);
      await using upstream = await imitation(allBut(healthy, 100, outOfQuota));
      await using gateway = await poolGateway(upstream.url, { accounts: 100 });
      const seen = await concurrently(200, width, (index) =>
        ask(gateway.url, { stream: index % 2 === 0, text: `Question ${index}` }),
      );
      const promises = new Promises();
      promises.holds("no client fails", failures(seen) === 0);
      promises.holds("no account is refused twice", upstream.refused <= 95);
      return promises.outcome(
        `${failures(seen)} fail, ${upstream.refused} refused calls, slowest ${slowest(seen)} ms`,
      );
    },
  };
}

function burst(strategy: "fill-first" | "round-robin"): Scene {
  return {
    name: `1 of 10 healthy, ${strategy}, burst of 200`,
    goal: "0 fail; bad accounts hit at most twice each",
    async play(random) {
      const healthy = drawn(random, 1, 10);
      await using upstream = await imitation(allBut(healthy, 10, outOfQuota));
      await using gateway = await poolGateway(upstream.url, {
        accounts: 10,
        rotation: { strategy },
      });
      const seen = await concurrently(200, 200, (index) =>
        ask(gateway.url, { stream: index % 2 === 0, text: `Question ${index}` }),
      );
      const bad = Array.from({ length: 10 }, (_, index) => index + 1).filter(
        (place) => !healthy.has(place),
      );
      const most = Math.max(...bad.map((place) => upstream.hits(place)));
      const promises = new Promises();
      promises.holds("no client fails", failures(seen) === 0);
      promises.holds("a bad account is hit at most twice", most <= 2);
      return promises.outcome(
        `${failures(seen)} fail, worst bad account hit ${most} ×, slowest ${slowest(seen)} ms`,
      );
    },
  };
}

const elsewhere = refuses({
  status: 400,
  word: "FAILED_PRECONDITION",
  message: "User location is not supported for the API use.",
});

function othersDo(name: string, behaviour: Behaviour): Scene {
  return {
    name: `1 of 10 healthy, the others ${name}, 60 requests`,
    goal: "0 fail",
    async play(random) {
      const healthy = drawn(random, 1, 10);
      await using upstream = await imitation(allBut(healthy, 10, behaviour));
      await using gateway = await poolGateway(upstream.url, { accounts: 10 });
      const seen = await concurrently(60, 5, (index) =>
        ask(gateway.url, { stream: index % 2 === 0, text: `Question ${index}` }),
      );
      const promises = new Promises();
      promises.holds("no client fails", failures(seen) === 0);
      return promises.outcome(`${failures(seen)} fail, ${upstream.refused} refused calls`);
    },
  };
}

export const badAccounts: readonly Scene[] = [
  fiveOfHundred(1),
  fiveOfHundred(10),
  burst("fill-first"),
  burst("round-robin"),
  othersDo("with bad keys", badKey),
  othersDo("overloaded (503)", overloaded),
  othersDo("where the location is not supported", elsewhere),
];
