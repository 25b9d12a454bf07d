import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { suite, test } from "node:test";
import { createSenderOf } from "./sender.ts";

type Trust = Parameters<typeof createSenderOf>[0];

function sender(trust: Trust, from: string, list?: string, proto?: string) {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: from });
  const message = new IncomingMessage(socket);
  if (list !== undefined) message.headers["x-forwarded-for"] = list;
  if (proto !== undefined) message.headers["x-forwarded-proto"] = proto;
  return createSenderOf(trust)(message);
}

const cases: readonly (readonly [
  what: string,
  trust: Trust,
  from: string,
  list: string | undefined,
  address: string,
])[] = [
  ["nobody is trusted", [], "10.0.0.1", "1.1.1.1", "10.0.0.1"],
  ["no proxy", 0, "10.0.0.1", "1.1.1.1", "10.0.0.1"],
  ["a proxy by its address", ["10.0.0.1"], "10.0.0.1", "1.1.1.1", "1.1.1.1"],
  ["a proxy by its network", ["10.0.0.0/8"], "10.9.9.9", "1.1.1.1", "1.1.1.1"],
  ["a proxy on a socket for both kinds", ["10.0.0.0/8"], "::ffff:10.9.9.9", "1.1.1.1", "1.1.1.1"],
  ["a proxy by IPv6", ["fd00::/8"], "fd00::1", "2001:db8::1", "2001:db8::1"],
  ["somebody else", ["10.0.0.0/8"], "11.0.0.1", "1.1.1.1", "11.0.0.1"],
  ["two proxies", ["10.0.0.0/8"], "10.0.0.1", "1.1.1.1, 10.0.0.2", "1.1.1.1"],
  ["an address that the client made up", ["10.0.0.1"], "10.0.0.1", "9.9.9.9, 1.1.1.1", "1.1.1.1"],
  ["one hop", 1, "10.0.0.1", "9.9.9.9, 1.1.1.1", "1.1.1.1"],
  ["two hops", 2, "10.0.0.1", "9.9.9.9, 1.1.1.1, 10.0.0.2", "1.1.1.1"],
  ["more hops than addresses", 5, "10.0.0.1", "1.1.1.1", "1.1.1.1"],
  ["no header", 1, "10.0.0.1", undefined, "10.0.0.1"],
  ["what is no address", 1, "10.0.0.1", "1.1.1.1, unknown", "10.0.0.1"],
  ["an empty header", 1, "10.0.0.1", "", "10.0.0.1"],
  ["ports", 1, "10.0.0.1", "1.1.1.1:4711", "1.1.1.1"],
  ["IPv6 in brackets", 1, "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
];

suite("the address", () => {
  for (const [what, trust, from, list, address] of cases) {
    test(what, () => assert.equal(sender(trust, from, list).address, address));
  }
});

function protocol(trust: Trust, proto?: string) {
  return sender(trust, "10.0.0.1", "1.1.1.1", proto).protocol;
}

test("the protocol counts from a trusted proxy alone", () => {
  assert.equal(protocol(1, "https"), "https");
  assert.equal(protocol(1, "http, HTTPS"), "https");
  assert.equal(protocol(1, "gopher"), "http");
  assert.equal(protocol(1), "http");
  assert.equal(protocol([], "https"), "http");
});
