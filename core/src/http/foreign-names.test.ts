/** Look-ups of foreign names, at a DNS server of this test's own. */
import assert from "node:assert/strict";
import { lookup } from "node:dns/promises";
import { test } from "node:test";
import { dnsServer } from "../../../test/support/dns-server.ts";
import { createSideCalls } from "./http.ts";
import { foreignNames } from "./foreign-names.ts";
import { publicRules } from "./public-agents.ts";

const never = new AbortController().signal;
const patience = { connect: 5000, firstByte: 5000, idle: 5000 };
const loopback6 = [...Array.from({ length: 15 }, () => 0), 1];
const public6 = [0x20, 0x01, 0x48, 0x60, ...Array.from({ length: 11 }, () => 0), 1];

test("all addresses of a name, of both families", async () => {
  await using dns = await dnsServer((_, family) => (family === 4 ? [[8, 8, 8, 8]] : [public6]));
  const find = foreignNames({ timeoutMs: 5000, maxConcurrent: 4, servers: [dns.address] });
  assert.deepEqual(await find("pictures.example", never), [
    { address: "8.8.8.8", family: 4 },
    { address: "2001:4860::1", family: 6 },
  ]);
});

test("one family is enough where the other has nothing, or is never answered for", async () => {
  for (const nothing of [[], "silence"] as const) {
    await using dns = await dnsServer((_, family) => (family === 4 ? [[8, 8, 8, 8]] : nothing));
    const find = foreignNames({ timeoutMs: 300, maxConcurrent: 4, servers: [dns.address] });
    assert.deepEqual(await find("pictures.example", never), [{ address: "8.8.8.8", family: 4 }]);
  }
});

test("a private address in any family is refused in the guard's words, and nobody is connected to", async () => {
  const zones = {
    "four.example": [[[127, 0, 0, 1]], []],
    "six.example": [[], [loopback6]],
    "second.example": [
      [
        [8, 8, 8, 8],
        [10, 0, 0, 1],
      ],
      [],
    ],
    "mixed.example": [[[8, 8, 8, 8]], [loopback6]],
    "nothing.example": [[], []],
  } as const;
  const at = (name: string): readonly (readonly (readonly number[])[])[] =>
    Object.entries(zones).find(([one]) => one === name)?.[1] ?? [];
  await using dns = await dnsServer((name, family) => at(name)[family === 4 ? 0 : 1] ?? []);
  const rules = publicRules({ timeoutMs: 5000, maxConcurrent: 4, servers: [dns.address] });
  const calls = createSideCalls(patience, rules);
  for (const host of Object.keys(zones)) {
    const call = calls.send({
      method: "GET",
      url: `http://${host}/`,
      publicOnly: true,
      signal: never,
    });
    await assert.rejects(call, { message: `${host} has no public address.`, status: 400 });
  }
  calls.close();
});

test("names of this machine and of its network are not even asked for", async () => {
  await using dns = await dnsServer();
  const find = foreignNames({ timeoutMs: 5000, maxConcurrent: 4, servers: [dns.address] });
  for (const name of [
    "localhost",
    "localhost.",
    "a.LOCALHOST",
    "printer.local",
    "nas",
    "vault.corp.internal",
    "router.home.arpa.",
  ]) {
    await assert.rejects(find(name, never), /is no public name/);
  }
  assert.equal(dns.names.size, 0);
});

test("300 names that nobody answers for: a few are asked for at a time, all end in time, the system's resolver is free", async () => {
  await using dns = await dnsServer();
  const find = foreignNames({ timeoutMs: 400, maxConcurrent: 20, servers: [dns.address] });
  let ended = 0;
  const all = Array.from({ length: 300 }, (_, index) =>
    find(`name-${index}.example`, never).catch(() => (ended += 1)),
  );
  await dns.asked();
  // With `getaddrinfo` for foreign names these would stand in the queue behind them.
  for (let count = 0; count < 5; count += 1) await lookup("localhost");
  assert.equal(ended, 0, "the system's resolver was quicker than any of them");
  assert.ok(dns.names.size <= 20, `${dns.names.size} were asked for`);
  await Promise.all(all);
  assert.equal(ended, 300);
});

test("a look-up that nobody waits for any more ends at once and makes room", async () => {
  await using dns = await dnsServer((name) =>
    name === "good.example" ? [[8, 8, 8, 8]] : "silence",
  );
  const find = foreignNames({ timeoutMs: 60_000, maxConcurrent: 1, servers: [dns.address] });
  const client = new AbortController();
  const silent = find("silent.example", client.signal);
  const good = find("good.example", never);
  await dns.asked();
  client.abort();
  await assert.rejects(silent, { code: "ECANCELLED" });
  assert.equal((await good)[0]?.address, "8.8.8.8");
});
