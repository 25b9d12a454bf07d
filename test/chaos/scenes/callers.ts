import { setTimeout as sleep } from "node:timers/promises";
import { auth } from "@agproxy/plugin-auth";
import { poolGateway } from "../../support/pool-gateway.ts";
import { ask, failures, type Seen, slowest } from "../client.ts";
import { imitation, servesPerWindow } from "../imitation.ts";
import { Promises, type Scene } from "../scene.ts";

const keys = [
  { name: "flood", key: "flood-key-0123456789" },
  { name: "quiet", key: "quiet-key-0123456789" },
] as const;

/** The quiet caller's requests, one each 300 ms, beside so many of the flooding one. */
async function quietBeside(flood: number): Promise<readonly Seen[]> {
  const window = servesPerWindow(10, 1000);
  await using upstream = await imitation({ 1: window });
  await using gateway = await poolGateway(upstream.url, {
    accounts: 1,
    plugins: [auth({ mode: "strict", keys })],
  });
  const [{ key: floodKey }, { key: quietKey }] = keys;
  const flooding = Array.from({ length: flood }, (_, index) =>
    ask(gateway.url, { key: floodKey, text: `Flood ${index}` }),
  );
  const quiet: Promise<Seen>[] = [];
  for (let index = 0; index < 17; index += 1) {
    await sleep(300);
    quiet.push(ask(gateway.url, { key: quietKey, text: `Quiet ${index}` }));
  }
  const seen = await Promise.all(quiet);
  await Promise.all(flooding);
  return seen;
}

export const callers: readonly Scene[] = [
  {
    name: "a flooding caller (200 at once) beside a quiet one, at 10 requests a second",
    goal: "quiet: all served",
    async play() {
      const alone = await quietBeside(0);
      const beside = await quietBeside(200);
      const promises = new Promises();
      promises.holds("no quiet request fails", failures(beside) === 0);
      return promises.outcome(
        `quiet: ${17 - failures(beside)} of 17 served, slowest ${slowest(beside)} ms (alone ${slowest(alone)} ms)`,
      );
    },
  },
];
