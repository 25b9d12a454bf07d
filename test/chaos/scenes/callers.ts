import { setTimeout as sleep } from "node:timers/promises";
import { auth } from "@agproxy/plugin-auth";
import { at } from "../../support/json-path.ts";
import { poolGateway } from "../../support/pool-gateway.ts";
import { ask, failures, type Seen, slowest } from "../client.ts";
import { type Behaviour, imitation, servesPerWindow, well } from "../imitation.ts";
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

/** How often others were served between the arrival of the quiet caller's requests and their turn, at worst. */
interface Overtaken {
  readonly seen: readonly Seen[];
  readonly most: number;
  readonly flooded: number;
}

/** A caller who always has 60 requests waiting, and a quiet one with one request at a time: one account, two at once. */
async function overtaken(flood: readonly string[], quietModel: string): Promise<Overtaken> {
  let served = 0;
  const servedAt = new Map<string, number>();
  const counting: Behaviour = async (call) => {
    served += 1;
    servedAt.set(promptOf(call.body), served);
    await sleep(15);
    await well(call);
  };
  await using upstream = await imitation({ 1: counting });
  await using gateway = await poolGateway(upstream.url, {
    accounts: 1,
    rotation: { limits: { "*": { concurrency: 2 } } },
    plugins: [auth({ mode: "strict", keys })],
  });
  const [{ key: floodKey }, { key: quietKey }] = keys;
  const over = new AbortController();
  let flooded = 0;
  const lanes = Array.from({ length: 60 }, async (_, lane) => {
    const model = flood[lane % flood.length]!;
    while (!over.signal.aborted) {
      flooded += 1;
      await ask(gateway.url, { key: floodKey, model, text: `Flood ${flooded}` });
    }
  });
  while (servedAt.size < 10) await sleep(5);
  const seen: Seen[] = [];
  const passed: number[] = [];
  for (let index = 0; index < 15; index += 1) {
    const text = `Quiet ${index}`;
    const before = served;
    seen.push(await ask(gateway.url, { key: quietKey, model: quietModel, text }));
    passed.push((servedAt.get(text) ?? Infinity) - before - 1);
  }
  over.abort();
  await Promise.all(lanes);
  return { seen, most: Math.max(...passed), flooded };
}

function promptOf(body: unknown): string {
  return String(at(body, "contents", 0, "parts", 0, "text"));
}

function starvesNobody(how: string, flood: readonly string[], quietModel: string): Scene {
  // Those who are served while the request is still on its way to the line, and one of each line in turn.
  const bound = 8 + 2 * flood.length;
  return {
    name: `a caller who always has 60 requests waiting beside a quiet one, ${how}`,
    goal: `quiet: all served, none overtaken by more than ${bound}`,
    async play() {
      const { seen, most, flooded } = await overtaken(flood, quietModel);
      const promises = new Promises();
      promises.holds("no quiet request fails", failures(seen) === 0);
      promises.holds("nobody is starved", most <= bound);
      return promises.outcome(
        `quiet: ${seen.length - failures(seen)} of ${seen.length} served, overtaken by ${most} of ${flooded} at most`,
      );
    },
  };
}

const flash = "gemini-2.5-flash";
const pro = "gemini-2.5-pro";

export const callers: readonly Scene[] = [
  starvesNobody("for one model", [flash], flash),
  starvesNobody("who asks for another model", [flash], pro),
  starvesNobody(
    "of three models, who asks for a fourth",
    [flash, pro, "gemini-3-pro"],
    "gemini-2.0-flash",
  ),
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
