import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plugin } from "@agproxy/core";
import {
  openGateway,
  plainChat,
  scriptedUpstream,
  type SseEvent,
  summaryWatch,
} from "@agproxy/core/testing";
import { hello } from "./index.ts";

test("greets an exchange in the log, with its model", async () => {
  const over = summaryWatch();
  const upstream = scriptedUpstream("an answer");
  const plugins = [plainChat(), hello(), over.plugin, upstream.plugin];
  await using gateway = await openGateway({ plugins });
  await gateway.inject({ path: "/chat", body: { model: "any", text: "a question" } });
  await over.reached(1);
  const greeting = gateway.log.find(({ msg }) => msg === "good day");
  assert.equal(greeting?.["model"], "any");
});

test("leaves the answer as it is, streamed too", async () => {
  const greeted = await streamThrough(hello({ greeting: "good morning" }));
  assert.deepEqual(greeted, await streamThrough());
});

async function streamThrough(...plugins: readonly Plugin[]): Promise<readonly SseEvent[]> {
  const upstream = scriptedUpstream("an answer");
  await using gateway = await openGateway({ plugins: [plainChat(), ...plugins, upstream.plugin] });
  const { events } = await gateway.inject({ path: "/chat", body: { stream: true } });
  return events;
}

test("refuses an option that it does not know, as a config in JSON may have it", () => {
  const options = { greeting: "good morning", tone: "warm" };
  assert.throws(() => hello(options), /there is no option `tone`\. Options are greeting\./);
});
