import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { FileBody } from "../hooks/protocol.ts";
import { definePlugin } from "../hooks/plugin.ts";
import type { RouteMethod, RouteResult } from "../hooks/route.ts";
import type { Incoming } from "../hooks/stages.ts";
import { startGateway } from "../testing.ts";

/** A gateway with one route, `GET /it` unless it says another. */
function serving(
  answer: (incoming: Incoming) => RouteResult | Promise<RouteResult>,
  settings: Partial<Parameters<typeof startGateway>[0]> = {},
  method: RouteMethod = "GET",
) {
  const route = definePlugin({
    name: "mine",
    apply: (agproxy) => agproxy.route(method, "/it", async ({ incoming }) => answer(incoming)),
  });
  return startGateway({ ...settings, plugins: [route] });
}

const bytes = new Uint8Array([0, 255, 13, 10, 0]);

for (const [title, result, status, type, body] of [
  ["JSON", { body: { a: 1 } }, 200, "application/json; charset=utf-8", '{"a":1}'],
  ["a text as JSON", { body: "a" }, 200, "application/json; charset=utf-8", '"a"'],
  [
    "JSON of another type",
    { headers: { "Content-Type": "application/problem+json" }, body: { a: 1 }, status: 418 },
    418,
    "application/problem+json",
    '{"a":1}',
  ],
  [
    "a text of its own type",
    { headers: { "content-type": "text/csv" }, body: "ä,b" },
    200,
    "text/csv",
    "ä,b",
  ],
  ["bytes", { body: bytes }, 200, "application/octet-stream", bytes],
  [
    "bytes of a type",
    { headers: { "CONTENT-TYPE": "image/x" }, body: bytes },
    200,
    "image/x",
    bytes,
  ],
  ["a file", { body: new FileBody("audio/wav", bytes), status: 201 }, 201, "audio/wav", bytes],
  ["nothing", { body: undefined }, 200, null, ""],
  ["nothing, as its status has it", { status: 204, body: { a: 1 } }, 204, null, ""],
] as const) {
  test(`a route answers ${title}`, async () => {
    await using gateway = await serving(() => result);
    const response = await fetch(`${gateway.url}/it`);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("content-type"), type);
    const got = Buffer.from(await response.arrayBuffer());
    assert.deepEqual(got, Buffer.from(body));
    const length = response.headers.get("content-length");
    assert.equal(length, status === 204 ? null : String(got.length));
  });
}

test("a route sets headers, and redirects", async () => {
  await using gateway = await serving(() => ({
    status: 303,
    headers: { location: "/elsewhere", "X-Mine": "höchste", "x-request-id": "its own" },
    body: undefined,
  }));
  const response = await fetch(`${gateway.url}/it`, { redirect: "manual" });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/elsewhere");
  assert.equal(response.headers.get("x-mine"), "h?chste");
  assert.equal(response.headers.get("x-request-id"), "its own");
});

for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
  test(`a route takes ${method}, and says so to other methods`, async () => {
    await using gateway = await serving(() => ({ body: method }), {}, method);
    const answered = await fetch(`${gateway.url}/it`, { method });
    assert.equal(await answered.json(), method);
    const refused = await fetch(`${gateway.url}/it`);
    assert.equal(refused.status, 405);
    assert.equal(refused.headers.get("allow"), method);
  });
}

for (const [title, result] of [
  ["a length of its own", { headers: { "content-length": "3" }, body: "abc" }],
  ["a header that is no text", { headers: { a: 1 }, body: "abc" }],
  ["a header with a blank in its name", { headers: { "a b": "1" }, body: "abc" }],
  ["a status that HTTP has not", { status: 20, body: "abc" }],
  ["a stream that is none", { stream: "abc" }],
  ["nothing at all", undefined],
] as const) {
  test(`${title} is the plugin's failure`, async () => {
    await using gateway = await serving(() => result as never);
    const response = await fetch(`${gateway.url}/it`);
    assert.equal(response.status, 500);
    assert.match(await response.text(), /Plugin \\"mine\\" failed in GET \/it\./);
  });
}

async function* pieces(...all: readonly (string | Uint8Array)[]) {
  yield* all;
}

for (const [headers, type, control] of [
  [undefined, "text/event-stream; charset=utf-8", "no-cache, no-transform"],
  [{ "content-type": "application/x-ndjson" }, "application/x-ndjson", null],
] as const) {
  test(`a route streams ${type}`, async () => {
    const stream = () => pieces("ä\n", "", new Uint8Array(0), bytes, "end");
    await using gateway = await serving(() => ({
      ...(headers && { headers }),
      status: 202,
      stream: stream(),
    }));
    const response = await fetch(`${gateway.url}/it`);
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.headers.get("cache-control"), control);
    const expected = Buffer.concat([Buffer.from("ä\n"), bytes, Buffer.from("end")]);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), expected);
  });
}

test("a stream of something else is the plugin's failure", async () => {
  await using gateway = await serving(() => ({ stream: pieces(5 as never) }));
  const response = await fetch(`${gateway.url}/it`);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /Plugin \\"mine\\" failed in GET \/it\./);
});

test("a stream without a piece is an empty answer", async () => {
  await using gateway = await serving(() => ({ stream: pieces() }));
  const response = await fetch(`${gateway.url}/it`);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
});

for (const [thrown, status, told] of [
  [new Error("secret detail"), 500, /Plugin \\"mine\\" failed in GET \/it\./],
  [new AgproxyError("quota_exhausted", "No more."), 429, /No more\./],
] as const) {
  test(`what a stream throws before its first piece is a ${status}; later the connection breaks`, async () => {
    for (const first of [undefined, "first"]) {
      await using gateway = await serving(() => ({
        stream: (async function* () {
          if (first !== undefined) yield first;
          throw thrown;
        })(),
      }));
      const response = await fetch(`${gateway.url}/it`);
      if (first === undefined) {
        assert.equal(response.status, status);
        const text = await response.text();
        assert.match(text, told);
        assert.doesNotMatch(text, /secret detail/);
      } else await assert.rejects(response.text(), /terminated/);
      assert.ok(gateway.log.some(({ msg }) => msg === "refused"));
    }
  });
}

test("a stream whose client leaves is left, also while it waits", async () => {
  const left = Promise.withResolvers<void>();
  const waiting: AsyncIterableIterator<string> = {
    [Symbol.asyncIterator]: () => waiting,
    next: (() => {
      let asked = 0;
      return () => {
        asked += 1;
        if (asked === 1) return Promise.resolve({ done: false, value: "first" } as const);
        return new Promise<never>(() => {});
      };
    })(),
    return: async () => {
      left.resolve();
      return { done: true, value: undefined };
    },
  };
  await using gateway = await serving(() => ({ stream: waiting }));
  const leave = new AbortController();
  const response = await fetch(`${gateway.url}/it`, { signal: leave.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  leave.abort();
  await left.promise;
  await gateway.close();
  assert.deepEqual(
    gateway.log.filter(({ msg }) => msg === "refused"),
    [],
  );
});

test("a stream is read no faster than its client reads", async () => {
  let made = 0;
  const left = Promise.withResolvers<void>();
  await using gateway = await serving(() => ({
    headers: { "content-type": "application/octet-stream" },
    stream: (async function* () {
      try {
        for (;;) {
          made += 1;
          yield Buffer.alloc(64 * 1024);
        }
      } finally {
        left.resolve();
      }
    })(),
  }));
  const got = Promise.withResolvers<void>();
  const request = httpRequest(`${gateway.url}/it`, (response) => {
    response.once("readable", () => got.resolve());
  });
  request.on("error", () => {});
  request.end();
  await got.promise;
  // The kernel takes some; once it is full nothing more is made, however often the event loop turns.
  let before = -1;
  for (let still = 0; still < 1000; still += 1) {
    if (made !== before) still = 0;
    before = made;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(made < 2000, `${made} pieces`);
  request.destroy();
  await left.promise;
});

test("a stream before its first piece that takes too long is a 504, later it breaks off", async () => {
  for (const first of [undefined, "first"]) {
    const left = Promise.withResolvers<void>();
    const timeouts = { connect: 1000, firstByte: 1000, idle: 1000, request: 100 };
    await using gateway = await serving(
      ({ signal }) => ({
        stream: (async function* () {
          try {
            if (first !== undefined) yield first;
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
            signal.throwIfAborted();
          } finally {
            left.resolve();
          }
        })(),
      }),
      { timeouts },
    );
    const response = await fetch(`${gateway.url}/it`);
    if (first === undefined) assert.equal(response.status, 504);
    else await assert.rejects(response.text(), /terminated/);
    await left.promise;
  }
});
