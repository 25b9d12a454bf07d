import assert from "node:assert/strict";
import { test } from "node:test";
import { redis } from "./index.ts";
import { addressOf, addressText } from "./address.ts";

const good = {
  "redis://localhost": { kind: "server", hosts: [{ host: "localhost", port: 6379 }], isTls: false },
  "rediss://ada:p%40ss@redis.example:6380/3": {
    kind: "server",
    hosts: [{ host: "redis.example", port: 6380 }],
    isTls: true,
    username: "ada",
    password: "p@ss",
    db: 3,
  },
  "valkey://:secret@[::1]:7000": {
    kind: "server",
    hosts: [{ host: "::1", port: 7000 }],
    isTls: false,
    password: "secret",
  },
  "unix:///run/redis.sock": { kind: "socket", hosts: [], path: "/run/redis.sock", isTls: false },
  "unix://ada:secret@/run/redis.sock": {
    kind: "socket",
    hosts: [],
    path: "/run/redis.sock",
    isTls: false,
    username: "ada",
    password: "secret",
  },
  "rediss+sentinel://a,b:26380/main/1": {
    kind: "sentinel",
    hosts: [
      { host: "a", port: 26_379 },
      { host: "b", port: 26_380 },
    ],
    isTls: true,
    master: "main",
    db: 1,
  },
  "redis+cluster://a:7000,b:7001": {
    kind: "cluster",
    hosts: [
      { host: "a", port: 7000 },
      { host: "b", port: 7001 },
    ],
    isTls: false,
  },
} as const;

for (const [url, address] of Object.entries(good)) {
  test(`reads ${url}`, () => assert.deepEqual(addressOf(url), address));
}

for (const url of [
  "",
  "localhost:6379",
  "http://localhost",
  "redis://",
  "redis://a,b",
  "redis://a:99999",
  "redis://a/b",
  "redis://a/0/1",
  "redis+sentinel://a",
  "redis+cluster://a/1",
  "unix://socket",
]) {
  test(`refuses the address ${JSON.stringify(url)}, without repeating it`, () => {
    assert.equal(addressOf(url), undefined);
    assert.throws(() => redis({ url: url || "x" }), /^Error: redis: `url` must be an address/);
  });
}

const shown = (url: string) => addressText(addressOf(url)!);

test("an address is shown without its password", () => {
  assert.equal(shown("redis://ada:secret@[::1]:7000"), "[::1]:7000");
  assert.equal(
    shown("redis+sentinel://:secret@a,b/main"),
    "main of the sentinels a:26379, b:26379",
  );
  assert.equal(shown("redis+cluster://:secret@a,b"), "the cluster of a:6379, b:6379");
  assert.equal(shown("unix:///run/redis.sock"), "/run/redis.sock");
});
