import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { ChatEvent } from "../vocabulary/answer.ts";
import { definePlugin } from "../hooks/plugin.ts";
import type { Protocol } from "../hooks/protocol.ts";
import { defaults } from "../hooks/server-settings.ts";
import { scriptedUpstream, startGateway, textAnswer } from "../testing.ts";

const plain: Protocol = {
  name: "plain",
  decode: (body) => ({
    request: { model: "m", messages: [], sampling: {}, ...(body as { stream: boolean }) },
  }),
  encoder: () => ({
    batch: (events) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
    end: () => "data: end\n\n",
    fail: ({ code }) => `data: ${code}\n\n`,
    whole: (answer) => answer,
  }),
  error: ({ code }) => ({ code }),
};

const speak = definePlugin({ name: "speak", apply: (agproxy) => agproxy.chat("/say", plain) });

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
    await using gateway = await startGateway({ plugins: [speak, upstream.plugin] });
    const answer = await fetch(`${gateway.url}/say`, {
      method: "POST",
      body: JSON.stringify({ stream }),
    });
    assert.equal(answer.status, 502);
    assert.deepEqual(await answer.json(), { code: "malformed_tool_call" });
    assert.equal(released, true);
  });
}

test("a whole answer that its protocol takes for a failure is tried again", async () => {
  const picky: Protocol = {
    ...plain,
    encoder: (...given) => ({
      ...plain.encoder(...given),
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
  await using gateway = await startGateway({ plugins: [again, upstream.plugin] });
  const body = JSON.stringify({ stream: false });
  const answer = await fetch(`${gateway.url}/say`, { method: "POST", body });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /good/);
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
    await using gateway = await startGateway({ timeouts, plugins: [speak, upstream.plugin] });
    const body = JSON.stringify({ stream: true });
    const answer = await fetch(`${gateway.url}/say`, { method: "POST", body });
    assert.match(await answer.text(), /"a".*data: upstream_timeout/s);
  },
);
