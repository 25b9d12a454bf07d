/** Names that other people chose, over real HTTP: the resolver and the rules are the test's, all else is real. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { AddressRules } from "./public-agents.ts";
import { createSideCalls, type SideCalls } from "./http.ts";

const patient = { connect: 5000, firstByte: 5000, idle: 5000 };
const never = new AbortController().signal;

interface Peer extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly IncomingMessage[];
}

async function peer(): Promise<Peer> {
  const asked: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    asked.push(req);
    res.end("here");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/**
 * A client for which loopback is the public internet, or nothing is. Each lookup of any name gets the next
 * answer, the last one again and again.
 */
function client(answers: readonly (readonly string[])[], isPublic = "127.0.0.1") {
  const lookups: string[] = [];
  const rules: AddressRules = {
    async resolve(host) {
      lookups.push(host);
      const addresses = answers[Math.min(lookups.length, answers.length) - 1];
      if (addresses === undefined) throw new Error("queryA ENOTFOUND");
      return addresses.map(located);
    },
    allows: (address) => address === isPublic,
  };
  const calls = createSideCalls(patient, rules);
  return { calls, lookups, [Symbol.dispose]: () => calls.close() };
}

const located = (address: string) => ({ address, family: address.includes(":") ? 6 : 4 });

const get = (calls: SideCalls, url: string) =>
  calls.send({ method: "GET", url, signal: never, publicOnly: true });

async function refusal(promise: Promise<unknown>): Promise<AgproxyError> {
  return promise.then(
    () => assert.fail("it was not refused"),
    (error: AgproxyError) => {
      assert.equal(error.code, "invalid_request");
      assert.equal(error.status, 400);
      return error;
    },
  );
}

test("a public name is read, from the address that was checked", async () => {
  await using server = await peer();
  using own = client([["127.0.0.1"]]);
  const answer = await get(own.calls, `http://pictures.example:${server.port}/a`);
  assert.equal(await answer.text(), "here");
  assert.equal(server.asked[0]?.headers.host, `pictures.example:${server.port}`);
  assert.deepEqual(own.lookups, ["pictures.example"]);
});

test("a name that changes its address is looked up once a connection, and checked each time", async () => {
  await using server = await peer();
  using own = client([["127.0.0.1"], ["10.0.0.1"]]);
  const url = `http://rebinding.example:${server.port}/`;
  assert.equal(await (await get(own.calls, url)).text(), "here");
  assert.equal(own.lookups.length, 1);
  await refusal(get(own.calls, url));
  assert.equal(own.lookups.length, 2);
  assert.equal(server.asked.length, 1);
});

for (const [title, addresses] of [
  ["a private address", ["10.0.0.1"]],
  ["a private address after a public one", ["127.0.0.1", "10.0.0.1"]],
  ["a private address before a public one", ["10.0.0.1", "127.0.0.1"]],
  ["a private IPv6 address after a public one", ["127.0.0.1", "::1"]],
  ["no address", []],
] as const) {
  test(`a name with ${title} is refused and nobody is connected to`, async () => {
    await using server = await peer();
    using own = client([addresses]);
    const error = await refusal(get(own.calls, `http://inner.example:${server.port}/secret`));
    assert.equal(error.message, "inner.example has no public address.");
    assert.equal(server.asked.length, 0);
  });
}

test("a name that does not exist is refused in the same words as a private one", async () => {
  using own = client([]);
  const error = await refusal(get(own.calls, "http://nothing.example/"));
  assert.equal(error.message, "nothing.example has no public address.");
});

for (const host of [
  "127.0.0.1",
  "127.1",
  "0x7f.1",
  "0x7f000001",
  "0177.0.0.1",
  "2130706433",
  "127.0.0.1.",
  "１２７.0.0.1",
  "%31%32%37.0.0.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::7f00:1]",
]) {
  test(`a literal address that is not public is refused: ${host}`, async () => {
    await using server = await peer();
    using own = client([["127.0.0.1"]], "nothing");
    await refusal(get(own.calls, `http://${host}:${server.port}/`));
    assert.deepEqual(own.lookups, []);
    assert.equal(server.asked.length, 0);
  });
}

test("over TLS the lookup is the same", async () => {
  using own = client([["10.0.0.1"]]);
  await refusal(get(own.calls, "https://inner.example/"));
  assert.deepEqual(own.lookups, ["inner.example"]);
});

test("a connection that an ordinary request left open is not used", async () => {
  await using server = await peer();
  using own = client([], "nothing");
  const url = `http://127.0.0.1:${server.port}/`;
  await (await own.calls.send({ method: "GET", url, signal: never })).text();
  await refusal(get(own.calls, url));
  assert.equal(server.asked.length, 1);
});

test("with the resolver and the real rules this machine is not public", async () => {
  await using server = await peer();
  const calls = createSideCalls(patient);
  for (const host of ["localhost", "localhost.", "127.0.0.1", "[::ffff:127.0.0.1]", "0"]) {
    await refusal(get(calls, `http://${host}:${server.port}/`));
  }
  assert.equal(server.asked.length, 0);
});
