import assert from "node:assert/strict";
import { test } from "node:test";
import type { Encoder, Reply } from "../hooks/protocol.ts";
import { keepAlive } from "./delivery.ts";

const encoder: Encoder = {
  batch: () => "",
  idle: () => ": ping\n\n",
  end: () => "",
  fail: () => "",
  whole: () => ({}),
};

function reply(drained?: () => Promise<void>) {
  const written: string[] = [];
  const state = { started: false, gone: false };
  const to: Reply = {
    get started() {
      return state.started;
    },
    get gone() {
      return state.gone;
    },
    write(frames) {
      state.started = true;
      written.push(frames);
      return drained?.();
    },
    whole: () => {},
    error: () => {},
    end: () => {},
  };
  return { to, written, state };
}

test("a silent stream shows life, once a period, and stops with its end", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { to, written } = reply();
  const voice = keepAlive(encoder, to);
  void voice.write("data: 1\n\n");
  context.mock.timers.tick(15_000);
  assert.deepEqual(written, ["data: 1\n\n"], "it spoke in this period");
  context.mock.timers.tick(30_000);
  assert.deepEqual(written.slice(1), [": ping\n\n", ": ping\n\n"]);
  voice.stop();
  context.mock.timers.tick(60_000);
  assert.equal(written.length, 3);
});

test("nothing is sent before the first event, nor to a client that left", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { to, written, state } = reply();
  const voice = keepAlive(encoder, to);
  context.mock.timers.tick(60_000);
  state.started = true;
  state.gone = true;
  context.mock.timers.tick(60_000);
  assert.deepEqual(written, []);
  voice.stop();
});

test("nothing is added for a client that does not read", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const drain = Promise.withResolvers<void>();
  const { to, written } = reply(() => drain.promise);
  const voice = keepAlive(encoder, to);
  const full = voice.write("data: 1\n\n");
  context.mock.timers.tick(60_000);
  assert.equal(written.length, 1);
  drain.resolve();
  await full;
  context.mock.timers.tick(15_000);
  assert.equal(written.length, 2);
  voice.stop();
});

test("an encoder without a sign of life stays silent", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { to, written } = reply();
  const { idle: _, ...mute } = encoder;
  const voice = keepAlive(mute, to);
  void voice.write("data: 1\n\n");
  context.mock.timers.tick(60_000);
  assert.equal(written.length, 1);
  voice.stop();
});
