import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Dispatcher } from "undici";
import { bodyText, errorText, textLimitBytes } from "./calls.ts";
import { UpstreamBody } from "./upstream-call.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { yieldToEventLoop } from "../kit/json-body.ts";

/** A body, and what it has undici do. */
function begun() {
  const told: string[] = [];
  let paused = false;
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    get paused() {
      return paused;
    },
    abort(reason) {
      told.push("abort");
      body.fail(AgproxyError.from(reason));
    },
    pause() {
      told.push("pause");
      paused = true;
    },
    resume() {
      told.push("resume");
      paused = false;
    },
  };
  const body = new UpstreamBody(controller);
  const take = (text: string) => body.take(Buffer.from(text));
  return { body, take, told };
}

test("pieces that arrive together are read together", async () => {
  const { body, take } = begun();
  const read = body.next();
  take("one ");
  take("two");
  assert.equal((await read).value?.toString(), "one two");
  body.end();
  assert.deepEqual(await body.next(), { done: true, value: undefined });
});

test("one piece may wait for its reader; the next one stops the upstream until both are read", async () => {
  const { body, take, told } = begun();
  take("one ");
  assert.deepEqual(told, []);
  take("two");
  assert.deepEqual(told, ["pause"]);
  assert.equal((await body.next()).value?.toString(), "one two");
  const read = body.next();
  assert.deepEqual(told, ["pause", "resume"]);
  take("three");
  assert.equal((await read).value?.toString(), "three");
});

test("a text is whole, whenever its pieces came", async () => {
  const { body, take, told } = begun();
  take('{"early":1,');
  take('"paused":2,');
  const text = bodyText(body);
  await yieldToEventLoop();
  take('"late":3}');
  body.end();
  assert.equal(await text, '{"early":1,"paused":2,"late":3}');
  assert.deepEqual(told, ["pause", "resume"]);
});

test("a text without a piece is empty", async () => {
  const { body } = begun();
  body.end();
  assert.equal(await bodyText(body), "");
});

test("a text that breaks off is an error, however much of it came", async () => {
  const { body, take } = begun();
  const text = bodyText(body);
  take("half");
  body.fail(new AgproxyError("upstream_cut"));
  await assert.rejects(text, { code: "upstream_cut" });
});

test("a text that is too long is given up", async () => {
  const { body, told } = begun();
  const text = bodyText(body);
  const piece = Buffer.alloc(1024 * 1024);
  for (let size = 0; size <= textLimitBytes; size += piece.byteLength) body.take(piece);
  await assert.rejects(text, { code: "upstream_unreadable" });
  assert.deepEqual(told, ["abort"]);
});

test("a body without end is given up", async () => {
  const { body, told } = begun();
  const bytes = Buffer.alloc(textLimitBytes / 4);
  for (let reads = 0; reads < 5; reads += 1) body.take(bytes);
  assert.ok(told.includes("abort"));
  await body.next();
  await assert.rejects(body.next(), { code: "upstream_unreadable" });
});

test("of an error's body only the beginning is read, and not waited for without end", async () => {
  let left = false;
  async function* page(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(1000, "a");
    } finally {
      left = true;
    }
  }
  assert.equal((await errorText({ body: page() })).length, 64 * 1024);
  await yieldToEventLoop();
  assert.equal(left, true);
  mock.timers.enable({ apis: ["setTimeout"] });
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const waiting = errorText({ body: silent });
  mock.timers.tick(10_000);
  assert.equal(await waiting, "");
  mock.timers.reset();
});
