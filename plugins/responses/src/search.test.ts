/** Searches of the web that the vendor made, over HTTP. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import type { Script } from "@agproxy/core/testing";
import { testGateway } from "./fixtures/gateway.ts";
import { assertEventOrder } from "./fixtures/event-order.ts";
import { type WireEvent, wireEvents } from "./fixtures/streams.ts";

const queries = ["tide tables", "moon phase"];
const search: ChatEvent = { type: "search", choice: 0, queries };
const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const say = (text: string): ChatEvent => ({ type: "text", choice: 0, text });
const cite = (start: number, end: number): ChatEvent => ({
  type: "citation",
  choice: 0,
  citation: { url: "https://x.test/", title: "X", start, end },
});

/** The source of a text comes after the search here, when its message is still open. */
const searched: Script = () => [
  [say("High tide "), say("at six.")],
  [search, cite(0, 9), finish],
];

type Item = Readonly<Record<string, unknown>> & { readonly type: string };

async function streamed(script: Script): Promise<readonly WireEvent[]> {
  await using gw = await testGateway(script);
  return wireEvents(await (await gw.post({ stream: true })).text());
}

function output(response: Readonly<Record<string, unknown>>): readonly Item[] {
  return response["output"] as readonly Item[];
}

/** Items without their ids, which two answers never share; a container's is made of one. */
function items(response: Readonly<Record<string, unknown>>): readonly unknown[] {
  return output(response).map(({ id: _id, container_id: _container, ...item }) => item);
}

async function whole(script: Script): Promise<Readonly<Record<string, unknown>>> {
  await using gw = await testGateway(script);
  return (await (await gw.post({})).json()) as Record<string, unknown>;
}

test("a search is an item after the message, and the message keeps its sources", async () => {
  const events = await streamed(searched);
  const [message, found] = output(assertEventOrder(events));
  assert.deepEqual(message?.["content"], [
    {
      type: "output_text",
      text: "High tide at six.",
      annotations: [
        { type: "url_citation", url: "https://x.test/", title: "X", start_index: 0, end_index: 9 },
      ],
      logprobs: [],
    },
  ]);
  assert.match(String(found?.["id"]), /^ws_/);
  const item = {
    type: "web_search_call",
    id: found?.["id"],
    status: "completed",
    action: { type: "search", query: "tide tables", queries },
  };
  assert.deepEqual(found, item);
  const place = { item_id: found?.["id"], output_index: 1 };
  const told = events.filter((event) => event["output_index"] === 1);
  assert.deepEqual(
    told.map(({ sequence_number: _number, ...event }) => event),
    [
      {
        type: "response.output_item.added",
        output_index: 1,
        item: { ...item, status: "in_progress" },
      },
      { type: "response.web_search_call.in_progress", ...place },
      { type: "response.web_search_call.searching", ...place },
      { type: "response.web_search_call.completed", ...place },
      { type: "response.output_item.done", output_index: 1, item },
    ],
  );
});

const call: ChatEvent = { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: "{}" };
const code: ChatEvent = { type: "code", choice: 0, language: "python", code: "1" };
const result: ChatEvent = { type: "code-result", choice: 0, outcome: "ok", output: "1" };
const think: ChatEvent = { type: "reasoning", choice: 0, text: "Hm" };

const orders: Readonly<Record<string, readonly [given: readonly ChatEvent[], types: string]>> = {
  "after the text": [[say("A"), cite(0, 1), search], "message web_search_call"],
  "before the text": [[search, say("A")], "web_search_call message"],
  "in the middle of a text": [[say("A"), search, say("B")], "message web_search_call"],
  "while thinking": [[think, search, say("A")], "reasoning web_search_call message"],
  "between text and call": [[say("A"), search, call], "message web_search_call function_call"],
  "while code runs": [
    [code, search, result, say("A")],
    "code_interpreter_call web_search_call message",
  ],
  twice: [[say("A"), search, search], "message web_search_call web_search_call"],
};

/** A script that says this and ends well. */
function answering(given: readonly ChatEvent[]): Script {
  return () => [given, [finish]];
}

for (const [name, [given, types]] of Object.entries(orders)) {
  test(`a search ${name}: the same items, streamed and whole`, async () => {
    const script = answering(given);
    const response = assertEventOrder(await streamed(script));
    assert.equal(
      output(response)
        .map(({ type }) => type)
        .join(" "),
      types,
    );
    assert.deepEqual(items(response), items(await whole(script)));
  });
}

const searchOnly: Script = () => [[search, { type: "finish", choice: 0, reason: "other" }]];

test("a search alone is no answer", async () => {
  assert.equal(assertEventOrder(await streamed(searchOnly))["status"], "failed");
  const { error } = (await whole(searchOnly)) as { error?: { code?: string } };
  assert.equal(typeof error?.code, "string");
});

test("a client sends the search back, in its history or by the response's id", async () => {
  await using gw = await testGateway(searched);
  const first = (await (await gw.post({})).json()) as Record<string, unknown>;
  const more = { role: "user", content: "More" };
  const requests = [
    { input: [{ role: "user", content: "Hi" }, ...output(first), more] },
    { input: [more], previous_response_id: first["id"] },
  ];
  for (const request of requests) {
    const answer = await gw.post(request);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-agproxy-ignored"), null);
    assert.deepEqual(
      gw.sent.at(-1)?.request.messages.map(({ role, content }) => [role, content.length]),
      [
        ["user", 1],
        ["assistant", 1],
        ["user", 1],
      ],
    );
  }
});
