/** The store on a real Redis: what every store promises, and what becomes of it while Redis is gone. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { redis, type RedisOptions } from "@agproxy/plugin-redis";
import type { Log } from "agproxy";
import { storeContract } from "agproxy/testing";
import {
  redisCluster,
  type RedisGroup,
  redisSentinel,
  redisServer,
  withoutRedis,
} from "./support/redis-server.ts";
import { repository } from "./support/repository.ts";

const skip = withoutRedis;

/** A store as an instance has it, and what it logged. */
async function opened(options: RedisOptions) {
  const lines: string[] = [];
  const write = (_: unknown, text?: string) => void lines.push(text ?? "");
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const store = await redis(options).openStore?.({ log });
  assert.ok(store !== undefined);
  return { store, lines, [Symbol.dispose]: () => store.close() };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it did not come true within twenty seconds");
    await sleep(10);
  }
}

const longMs = 600_000;
const gone = /does not answer; until it does, this instance decides alone/;
const back = /is back; instances decide together again/;

const groups: Readonly<Record<string, () => Promise<RedisGroup>>> = {
  "one Redis": redisServer,
  "a cluster": redisCluster,
  "a master that a sentinel knows": redisSentinel,
};

for (const [name, start] of Object.entries(groups)) {
  suite(`on ${name}`, { skip }, () => {
    let group: Promise<RedisGroup> | undefined;
    after(async () => (await group)?.[Symbol.asyncDispose]());
    for (const [index, { promise, check }] of storeContract.entries()) {
      test(promise, async () => {
        const { url } = await (group ??= start());
        using one = await opened({ url });
        using other = await opened({ url });
        const pair = { one: one.store, other: other.store, [Symbol.asyncDispose]: async () => {} };
        await check(pair, `contract-${index}`);
        assert.deepEqual(one.lines.concat(other.lines), []);
      });
    }
  });
}

test(
  "every key begins with the prefix, and expires; another prefix is another store",
  { skip },
  async () => {
    await using server = await redisServer();
    using one = await opened({ url: server.url, prefix: "house:" });
    using other = await opened({ url: server.url });
    await one.store.set("notes/ada/1", "mine", longMs);
    await one.store.setOnce("notes/ada/2", "mine", longMs);
    await one.store.add("asked/ada", 1, longMs);
    await one.store.claim("tidying", "me", longMs);
    assert.equal(await other.store.get("notes/ada/1"), undefined);
    assert.deepEqual(await other.store.entries(""), []);
    assert.deepEqual(server.keys(), [
      "house:asked/ada",
      "house:notes/ada/1",
      "house:notes/ada/2",
      "house:tidying",
    ]);
    for (const key of server.keys()) {
      const leftMs = Number(server.command("pttl", key));
      assert.ok(leftMs > 0 && leftMs <= longMs, `${key}: ${leftMs}`);
    }
  },
);

test(
  "while Redis is gone an instance goes on alone; afterwards the others know what it did",
  { skip },
  async () => {
    await using server = await redisServer();
    using one = await opened({ url: server.url });
    using other = await opened({ url: server.url });
    const heard = new Map<string, string | undefined>();
    await other.store.watch("notes/", (key, entry) => heard.set(key, entry?.value));
    await one.store.set("notes/ada/before", "v", longMs);
    await until(() => heard.get("notes/ada/before") === "v");
    await server.kill();
    await one.store.set("notes/ada/1", "alone", longMs);
    assert.equal(await one.store.get("notes/ada/1"), "alone");
    assert.equal(await one.store.add("asked/ada", 2, longMs), 2);
    assert.equal(await one.store.claim("tidying", "me", longMs), 0);
    assert.notEqual(await one.store.claim("tidying", "you", longMs), 0);
    assert.equal(await other.store.claim("tidying", "you", longMs), 0, "each decides alone");
    assert.equal(await one.store.setOnce("once", "of one", longMs), "of one");
    await one.store.set("notes/ada/2", "v", longMs);
    await one.store.delete("notes/ada/2");
    await server.start();
    await until(() => one.lines.some((line) => back.test(line)));
    await until(() => heard.get("notes/ada/1") === "alone");
    assert.equal(heard.get("notes/ada/2"), undefined);
    await until(() => other.lines.some((line) => back.test(line)));
    assert.equal(await other.store.add("asked/ada", 1, longMs), 3);
    assert.equal(await other.store.setOnce("once", "of the other", longMs), "of one");
    for (const { lines } of [one, other]) {
      assert.equal(lines.length, 2, lines.join("\n"));
      assert.match(lines[0] ?? "", gone);
    }
  },
);

test(
  "a Redis that hangs holds nobody up for longer than `timeout`, and only the first",
  { skip },
  async () => {
    await using server = await redisServer();
    using one = await opened({ url: server.url, timeout: 200 });
    await one.store.set("notes/ada/1", "v", longMs);
    server.signal("SIGSTOP");
    try {
      const asked = Array.from({ length: 50 }, () => one.store.get("notes/ada/1"));
      assert.deepEqual(new Set(await Promise.all(asked)), new Set([undefined]));
      // Now that it is known to hang, nothing is asked of it.
      let isOver = false;
      const turn = sleep(0).then(() => (isOver = true));
      await one.store.get("notes/ada/1");
      assert.equal(isOver, false);
      await turn;
    } finally {
      server.signal("SIGCONT");
    }
    await until(() => one.lines.some((line) => back.test(line)));
    assert.equal(await one.store.get("notes/ada/1"), "v");
    assert.equal(one.lines.length, 2, one.lines.join("\n"));
  },
);

test(
  "where Redis is not there at the start, an instance starts alone and joins the others later",
  { skip },
  async () => {
    await using server = await redisServer();
    using other = await opened({ url: server.url });
    await server.kill();
    using one = await opened({ url: server.url });
    assert.match(one.lines[0] ?? "", gone);
    const heard = new Map<string, string | undefined>();
    await one.store.watch("notes/", (key, entry) => heard.set(key, entry?.value));
    await server.start();
    await until(() => one.lines.some((line) => back.test(line)));
    await other.store.set("notes/ada/1", "v", longMs);
    await until(() => heard.get("notes/ada/1") === "v");
  },
);

test("what Redis refuses for the call's sake is the call's error", { skip }, async () => {
  await using server = await redisServer();
  using one = await opened({ url: server.url });
  await one.store.set("notes/ada/1", "no number", longMs);
  await assert.rejects(one.store.add("notes/ada/1", 1, longMs), /not a valid float/);
  assert.deepEqual(one.lines, []);
});

test("a wrong password stops the start and says what to look at", { skip }, async () => {
  await using server = await redisServer();
  server.command("config", "set", "requirepass", "right-password");
  const refused = {
    message: /^redis: .* refuses agproxy: (?:NOAUTH|WRONGPASS) .* Look at `url`\.$/,
  };
  await assert.rejects(opened({ url: server.url }), refused);
});

/** As in the plugin's README. */
const rights =
  "~agproxy:* &agproxy:* +@read +@write +@scripting +@pubsub +@connection -@dangerous +info +time";

test("a user with the rights that the README names can do all", { skip }, async () => {
  await using server = await redisServer();
  server.command("ACL", "SETUSER", "agproxy", "on", ">right", ...rights.split(" "));
  server.command("ACL", "SETUSER", "default", "resetpass", ">another");
  const readme = await readFile(join(repository, "plugins/redis/README.md"), "utf8");
  assert.ok(readme.includes(rights));
  const url = server.url.replace("unix://", "unix://agproxy:right@");
  for (const [index, { promise, check }] of storeContract.entries()) {
    using one = await opened({ url });
    using other = await opened({ url });
    const pair = { one: one.store, other: other.store, [Symbol.asyncDispose]: async () => {} };
    await check(pair, `contract-${index}`);
    assert.deepEqual(one.lines.concat(other.lines), [], promise);
  }
});
