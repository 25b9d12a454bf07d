import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange, Message } from "@agproxy/core";
import { conversationOf } from "./conversation.ts";

const says = (role: Message["role"], text: string): Message => ({
  role,
  content: [{ type: "text", text }],
});

interface Given {
  readonly messages?: readonly Message[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: Partial<Exchange["request"]>;
  readonly caller?: string;
}

function exchange({ messages = [says("user", "hi")], headers = {}, more, caller = "c" }: Given) {
  const incoming = {
    id: "1",
    method: "POST",
    protocol: "http" as const,
    path: "/",
    query: new URLSearchParams(),
    headers,
    remoteAddress: "",
    receivedAt: 0,
    signal: new AbortController().signal,
    setHeader() {},
    noteIgnored() {},
  };
  const request = { model: "m", messages, stream: false, sampling: {}, ...more };
  return { incoming, caller: { id: caller, name: caller }, protocol: "p", request, model: "m" };
}

const keyOf = (given: Given) => conversationOf(exchange(given))?.key;

test("a session header counts first, then the cache key, then the user", () => {
  const more = { cacheKey: "cache", user: "user" };
  assert.equal(keyOf({ headers: { "x-session-id": "s" }, more }), "c\ns");
  assert.equal(keyOf({ headers: { "x-session-affinity": "s" } }), "c\ns");
  assert.equal(keyOf({ more }), "c\ncache");
  assert.equal(keyOf({ more: { user: "user" } }), "c\nuser");
  assert.equal(conversationOf(exchange({ more }))?.isNamed, true);
});

test("without a name, the turns of one conversation have one key, and others another", () => {
  const beginning = [says("system", "be brief"), says("user", "hi")];
  const second = [...beginning, says("assistant", "hello"), says("user", "and now?")];
  assert.equal(keyOf({ messages: second }), keyOf({ messages: beginning }));
  assert.notEqual(keyOf({ messages: [says("user", "hi")] }), keyOf({ messages: beginning }));
  assert.notEqual(keyOf({ messages: beginning, caller: "other" }), keyOf({ messages: beginning }));
  const turns = [beginning, second].map((messages) => conversationOf(exchange({ messages })));
  assert.deepEqual(
    turns.map((one) => one?.isFirstTurn),
    [true, false],
  );
});

const long = (end: string) => ({ messages: [says("user", `${"x".repeat(50_000)}${end}`)] });

test("long texts that differ only at their end are told apart", () => {
  assert.notEqual(keyOf(long("a")), keyOf(long("b")));
});

test("a vector belongs to no conversation", () => {
  assert.equal(keyOf({ more: { embedding: {} } }), undefined);
});
