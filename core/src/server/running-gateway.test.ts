import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Log } from "../hooks/plugin.ts";
import { defaults } from "../hooks/server-settings.ts";
import { createGateway } from "./gateway.ts";
import { RunningGateway } from "./running-gateway.ts";

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test("of more than eight old gateways with requests under way the oldest is ended, with the reason", async () => {
  const closed: number[] = [];
  const held = (number: number) =>
    definePlugin({
      name: "held",
      apply({ hooks, route }) {
        route("GET", "/held", async ({ incoming: { signal } }) => {
          arrived.resolve();
          await new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason as Error));
          });
          return { body: {} };
        });
        hooks.close.tap("held", () => void closed.push(number));
      },
    });
  let arrived = Promise.withResolvers<void>();
  const make = (number: number, before?: RunningGateway) =>
    createGateway(
      { ...defaults, port: 0, drain: 10 },
      [held(number)],
      log,
      before?.current.carried,
    );
  const gateway = new RunningGateway(await make(0), log);
  await using _closed = { [Symbol.asyncDispose]: () => gateway.close("test over") };
  const url = await gateway.listen();
  const answers: Promise<Response>[] = [];
  for (let number = 1; number <= 9; number += 1) {
    arrived = Promise.withResolvers<void>();
    answers.push(fetch(`${url}/held`));
    await arrived.promise;
    gateway.replace(await make(number, gateway));
  }
  const first = await answers[0];
  assert.equal(first?.status, 503);
  assert.match(await first.text(), /shutting_down/);
  while (gateway.retired > 8) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(closed, [0]);
  await gateway.close("test over");
  assert.deepEqual(closed, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await Promise.allSettled(answers);
});
