import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Protocol } from "@agproxy/core";
import { scriptedUpstream, startGateway, textAnswer } from "@agproxy/core/testing";
import { hello } from "./index.ts";

/** The least wire that carries a chat. */
const wire: Protocol = {
  name: "wire",
  decode: () => ({ request: { model: "any", messages: [], stream: false, sampling: {} } }),
  encoder: () => ({ batch: () => "", end: () => "", fail: () => "", whole: () => ({}) }),
  error: ({ message }) => ({ message }),
};

const chat = definePlugin({ name: "chat", apply: (agproxy) => agproxy.chat("/chat", wire) });

test("greets an exchange in the log", async () => {
  const upstream = scriptedUpstream(() => textAnswer("an answer"));
  const plugins = [chat, upstream.plugin, hello({ greeting: "good morning" })];
  await using gateway = await startGateway({ plugins });
  await fetch(`${gateway.url}/chat`, { method: "POST", body: "{}" });
  const greeting = gateway.log.find(({ msg }) => msg === "good morning");
  assert.equal(greeting?.["model"], "any");
});

test("says nothing before there is an exchange", async () => {
  await using gateway = await startGateway({ plugins: [hello()] });
  await fetch(`${gateway.url}/healthz`);
  assert.ok(!gateway.log.some(({ msg }) => msg === "hello"));
});
