import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AgproxyError, errorBody } from "../errors/agproxy-error.ts";
import type { ChatEvent } from "../vocabulary/answer.ts";
import { definePlugin } from "../hooks/plugin.ts";
import type { Protocol } from "../hooks/protocol.ts";
import { defaults } from "../hooks/server-settings.ts";
import { openGateway, plainChat, scriptedUpstream, textAnswer } from "../testing.ts";

for (const stream of [true, false]) {
  const mode = stream ? "streamed" : "not streamed";

  test(`a failed attempt lets go of its upstream at once, ${mode}`, async () => {
    let released = false;
    const malformed: ChatEvent = { type: "finish", choice: 0, reason: "malformed-tool-call" };
    const upstream = scriptedUpstream(async function* () {
      try {
        yield [malformed];
        yield [];
      } finally {
        released = true;
      }
    });
    await using gateway = await openGateway({ plugins: [plainChat(), upstream.plugin] });
    const answer = await gateway.inject({ path: "/chat", body: { stream } });
    assert.equal(answer.status, 502);
    assert.match(answer.body, /"code":"malformed_tool_call"/);
    assert.equal(released, true);
  });
}

test("a whole answer that its protocol takes for a failure is tried again", async () => {
  const picky: Protocol = {
    name: "picky",
    decode: () => ({ request: { model: "m", messages: [], stream: false, sampling: {} } }),
    error: errorBody,
    encoder: () => ({
      batch: () => "",
      end: () => "",
      fail: () => "",
      whole(answer) {
        if (answer.choices[0]?.content.length === 0) throw new AgproxyError("upstream_failed");
        return answer;
      },
    }),
  };
  const end: ChatEvent = { type: "finish", choice: 0, reason: "other" };
  const upstream = scriptedUpstream(
    () => [[end]],
    () => textAnswer("good"),
  );
  const errors: unknown[] = [];
  const again = definePlugin({
    name: "again",
    apply(agproxy) {
      agproxy.chat("/say", picky);
      agproxy.hooks.attemptFailed.tap("again", ({ error }) => {
        errors.push(error.code);
        return { retry: "next account" };
      });
    },
  });
  await using gateway = await openGateway({ plugins: [again, upstream.plugin] });
  const answer = await gateway.inject({ path: "/say", body: {} });
  assert.equal(answer.status, 200);
  assert.match(answer.body, /good/);
  assert.deepEqual(errors, ["upstream_failed"]);
});

test(
  "reads without an event are no life: the stream is given up",
  { timeout: 20_000 },
  async () => {
    const upstream = scriptedUpstream(async function* () {
      yield [{ type: "text", choice: 0, text: "a" }];
      for (;;) {
        await nextTurn();
        yield [];
      }
    });
    const timeouts = { ...defaults.timeouts, idle: 200 };
    await using gateway = await openGateway({ timeouts, plugins: [plainChat(), upstream.plugin] });
    const { body } = await gateway.inject({ path: "/chat", body: { stream: true } });
    assert.match(body, /"a".*"failed".*upstream_timeout/s);
  },
);
