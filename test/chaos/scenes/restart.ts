import { join } from "node:path";
import { folder } from "../../support/folder.ts";
import { poolGateway } from "../../support/pool-gateway.ts";
import { ask, concurrently, failures } from "../client.ts";
import { imitation, outOfQuota } from "../imitation.ts";
import { Promises, type Scene } from "../scene.ts";

const places = Array.from({ length: 10 }, (_, index) => index + 1);

const afterRestart: Scene = {
  name: "9 of 10 exhausted, then a restart (store in a file)",
  goal: "0 calls to an exhausted account, 0 fail",
  async play() {
    await using kept = await folder();
    const store = join(kept.path, "store.sqlite");
    const bad = Object.fromEntries(places.slice(1).map((place) => [place, outOfQuota]));
    await using upstream = await imitation(bad);
    const options = { accounts: 10, store };
    {
      await using gateway = await poolGateway(upstream.url, options);
      await concurrently(40, 4, (index) => ask(gateway.url, { text: `Question ${index}` }));
    }
    const before = upstream.refused;
    await using gateway = await poolGateway(upstream.url, options);
    const seen = await concurrently(40, 4, (index) =>
      ask(gateway.url, { text: `Question ${index}` }),
    );
    const promises = new Promises();
    promises.holds("no client fails", failures(seen) === 0);
    promises.holds("nobody exhausted is asked again", upstream.refused === before);
    return promises.outcome(`${failures(seen)} fail, ${upstream.refused - before} wasted calls`);
  },
};

const oneRemoved: Scene = {
  name: "the 2nd of 10 accounts is removed, 900 conversations",
  goal: "0 move that were not on it",
  async play() {
    await using upstream = await imitation({});
    const homes = async (pool: readonly number[]) => {
      await using gateway = await poolGateway(upstream.url, { places: pool });
      const seen = await concurrently(900, 20, (index) =>
        ask(gateway.url, { stream: false, session: `session-${index}` }),
      );
      return seen.map(({ account }) => account);
    };
    const before = await homes(places);
    const after = await homes(places.filter((place) => place !== 2));
    const moved = before.filter((home, index) => home !== "account-2" && home !== after[index]);
    const promises = new Promises();
    promises.holds("nobody moves needlessly", moved.length === 0);
    return promises.outcome(
      `${moved.length} of ${before.filter((home) => home !== "account-2").length} moved needlessly`,
    );
  },
};

export const restart: readonly Scene[] = [afterRestart, oneRemoved];
