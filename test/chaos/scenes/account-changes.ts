import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { folder } from "../../support/folder.ts";
import { type GeminiCall, said, sse } from "../../support/gemini-server.ts";
import { type PoolGateway, poolGateway } from "../../support/pool-gateway.ts";
import { ask, failures, type Seen } from "../client.ts";
import { type Behaviour, imitation } from "../imitation.ts";
import { drawn, Promises, type Scene } from "../scene.ts";

/** How long a new account may be left alone while there is always somebody to serve. */
const patienceMs = 5000;

/** Ten events, one each 40 ms: some are under way whenever an account goes. */
async function slowly({ response }: GeminiCall): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let event = 0; event < 10; event += 1) {
    response.write(sse(said("good ")));
    await sleep(40);
  }
  response.end(sse(said("answer", "STOP")));
}

/** Counts what each account has under way. */
function watched(): { readonly open: (place: number) => number; readonly behaviour: Behaviour } {
  const open = new Map<string, number>();
  const add = (key: string, count: number) => open.set(key, (open.get(key) ?? 0) + count);
  return {
    open: (place) => open.get(`key-${place}`) ?? 0,
    async behaviour(call) {
      add(call.key, 1);
      await slowly(call);
      add(call.key, -1);
    },
  };
}

/** Writes the accounts file as the commands do. */
async function writeAccounts(path: string, places: Iterable<number>): Promise<void> {
  const accounts = Array.from(places, (place) => ({
    kind: "gemini",
    key: `key-${place}`,
    label: `account-${place}`,
  }));
  await writeFile(`${path}.draft`, JSON.stringify({ version: 1, accounts }), { mode: 0o600 });
  await rename(`${path}.draft`, path);
}

/** Resolves once the gateway has read its accounts so many times, at the start too. */
async function changes({ log }: PoolGateway, count: number): Promise<void> {
  while (log.filter(({ added, removed }) => (added ?? removed) !== undefined).length < count) {
    await sleep(5);
  }
}

const comeAndGo: Scene = {
  name: "4 of 8 accounts come and 4 go, three times, while 16 streams are always open",
  goal: "0 fail, also of those under way on an account that goes; a new one is used, one that is gone is not",
  async play(random) {
    const { open, behaviour } = watched();
    const all = Array.from({ length: 8 }, (_, index) => index + 1);
    await using upstream = await imitation(
      Object.fromEntries(all.map((place) => [place, behaviour])),
    );
    await using place = await folder();
    const accountsFile = join(place.path, "accounts.json");
    let present: ReadonlySet<number> = drawn(random, 4, 8);
    await writeAccounts(accountsFile, present);
    await using gateway = await poolGateway(upstream.url, { accounts: 0, accountsFile });
    const over = new AbortController();
    let [onTheirWay, late, unused] = [0, 0, 0];
    const lanes = Array.from({ length: 16 }, async (_, lane) => {
      const seen: Seen[] = [];
      while (!over.signal.aborted) {
        const known = present;
        const one = await ask(gateway.url, { text: `${lane} asks ${seen.length}` });
        if (known === present && !known.has(placeOf(one))) late += 1;
        seen.push(one);
      }
      return seen;
    });
    for (let turn = 1; turn <= 3; turn += 1) {
      const former = present;
      const next = new Set(all.filter((one) => !former.has(one)));
      await writeAccounts(accountsFile, next);
      await changes(gateway, turn + 1);
      present = next;
      for (const one of former) onTheirWay += open(one);
      while ([...former].some((one) => open(one) > 0)) await sleep(10);
      // Conversations choose their account by a hash, so some come late to their first.
      const isNew = (one: number) => upstream.hits(one) === 0;
      const until = Date.now() + patienceMs;
      while ([...next].some(isNew) && Date.now() < until) await sleep(10);
      unused += [...next].filter(isNew).length;
    }
    over.abort();
    const seen = (await Promise.all(lanes)).flat();
    const promises = new Promises();
    promises.holds("nobody fails", failures(seen) === 0);
    promises.holds("some were under way on accounts that went", onTheirWay > 0);
    promises.holds("nobody is sent to an account that is gone", late === 0);
    promises.holds("a new account is used", unused === 0);
    return promises.outcome(
      `${failures(seen)} of ${seen.length} fail, ${onTheirWay} under way on accounts that went, ${late} sent there later`,
    );
  },
};

function placeOf({ account }: Seen): number {
  return Number(account?.replace("account-", ""));
}

export const accountChanges: readonly Scene[] = [comeAndGo];
