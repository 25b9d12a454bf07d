import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, definePlugin, type PoolReport, poolReport } from "@agproxy/core";
import {
  fakeClock,
  openGateway,
  plainChat,
  scriptedUpstream,
  textAnswer,
} from "@agproxy/core/testing";
import { rotation, type RotationOptions } from "./index.ts";

const busy = new AgproxyError("rate_limit_exceeded", "Full.", { retryAfter: 5000 });

async function* slow() {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 1000);
  });
  yield* textAnswer("hello");
}

/** A gateway with one account that is busy at first, and what rotation tells of it. */
async function watched(options: RotationOptions) {
  let report: PoolReport | undefined;
  const onlooker = definePlugin({
    name: "onlooker",
    requires: ["rotation"],
    apply({ use }) {
      report = use(poolReport);
    },
  });
  const upstream = scriptedUpstream([busy, slow]);
  const gateway = await openGateway({
    plugins: [plainChat(), rotation(options), onlooker, upstream.plugin],
  });
  return {
    ask: () => gateway.inject({ path: "/chat", body: { model: "m" } }),
    seen() {
      const [sent] = upstream.sent;
      assert.ok(report && sent);
      return { ...report.of(sent.account), waiting: report.waiting() };
    },
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

const nothing = { rests: [], inFlight: 0, waiting: {} };
const rest = { model: "m", error: "rate_limit_exceeded", reason: "Full." };

test("what rotation exposes: who rests, and why; what is in flight; who waits", async () => {
  using clock = fakeClock();
  await using gateway = await watched({});
  const until = Date.now() + 5000;
  const asked = gateway.ask();
  await clock.advance(0);
  const rests = [{ ...rest, until }];
  assert.deepEqual(gateway.seen(), { standing: "resting", ...nothing, rests, waiting: { m: 1 } });
  await clock.advance(5000);
  assert.deepEqual(gateway.seen(), { standing: "free", ...nothing, inFlight: 1 });
  await clock.advance(1000);
  assert.equal((await asked).status, 200);
  assert.deepEqual(gateway.seen(), { standing: "free", ...nothing });
});

test("an account that has rested is tried out first", async () => {
  using clock = fakeClock();
  await using gateway = await watched({ maxWait: 0 });
  assert.equal((await gateway.ask()).status, 429);
  await clock.advance(5000);
  assert.deepEqual(gateway.seen(), { standing: "trying", ...nothing });
});
