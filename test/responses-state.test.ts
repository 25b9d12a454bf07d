/** What is kept of responses: continued, asked for, cancelled, and nobody else's. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { auth } from "@agproxy/plugin-auth";
import { responses } from "@agproxy/plugin-responses";
import { AgproxyError, type ChatEvent } from "agproxy";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "agproxy/testing";
import { at } from "./support/json-path.ts";
import {
  counting,
  outputText,
  responseClient,
  transcript,
  polled,
} from "./support/response-client.ts";

async function start(script: Script = counting, settings: { store?: string; drain?: number } = {}) {
  const upstream = scriptedUpstream(script);
  const gateway = await startGateway({ ...settings, plugins: [responses(), upstream.plugin] });
  return {
    ...responseClient(gateway),
    url: gateway.url,
    log: gateway.log,
    last: () => transcript(upstream.sent.at(-1)!.request),
    upstream,
    close: gateway.close,
    [Symbol.asyncDispose]: gateway.close,
  };
}

test("three turns go on from each other, streamed and not", async () => {
  await using gw = await start();
  const first = await gw.create({ input: "one", instructions: "Be brief." });
  const streamed = await gw.stream({ input: "two", previous_response_id: first["id"] });
  const second = at(streamed.at(-1), "response");
  assert.equal(at(second, "previous_response_id"), first["id"]);
  const third = await gw.create({ input: "three", previous_response_id: at(second, "id") });
  assert.equal(outputText(third), "reply 3");
  assert.deepEqual(gw.last(), [
    "user: one",
    "assistant: reply 1",
    "user: two",
    "assistant: reply 2",
    "user: three",
  ]);
});

test("a conversation branches: the same response is gone on from twice", async () => {
  await using gw = await start();
  const { id } = await gw.create({ input: "root" });
  await gw.create({ input: "left", previous_response_id: id });
  await gw.create({ input: "right", previous_response_id: id });
  assert.deepEqual(gw.last(), ["user: root", "assistant: reply 1", "user: right"]);
});

test("calls and their results go on in order, with the signature on the call", async () => {
  const call: ChatEvent = {
    type: "tool-call",
    choice: 0,
    id: "call_1",
    name: "weather",
    arguments: "{}",
    signature: "c2ln",
  };
  await using gw = await start(({ messages }) =>
    messages.at(-1)?.role === "tool"
      ? textAnswer("Sunny.")
      : [[call], [{ type: "finish", choice: 0, reason: "stop" }]],
  );
  const tools = [{ type: "function", name: "weather" }];
  const first = await gw.create({ input: "Weather?", tools });
  const output = [{ type: "function_call_output", call_id: "call_1", output: "sun" }];
  await gw.create({ input: output, tools, previous_response_id: first["id"] });
  assert.deepEqual(gw.last(), ["user: Weather?", "assistant: weather({})", "tool: = sun"]);
  const [, assistant] = gw.upstream.sent.at(-1)!.request.messages;
  assert.equal(assistant?.content[0]?.signature, "c2ln");
});

test("an unknown response is a 400 that names the field", async () => {
  await using gw = await start();
  for (const id of ["resp_unknown", "../../secret", "x".repeat(500)]) {
    const { status, body } = await gw.post("", { input: "x", previous_response_id: id });
    assert.equal(status, 400);
    assert.equal(at(body, "error", "param"), "previous_response_id");
    assert.equal(at(body, "error", "type"), "invalid_request_error");
    assert.equal(at(body, "error", "code"), "previous_response_not_found");
  }
  assert.equal(gw.upstream.sent.length, 0);
});

test("a kept response can be read, listed and deleted", async () => {
  await using gw = await start();
  const created = await gw.create({ input: "one", metadata: { a: "b" } });
  const { choices: _, ...kept } = created;
  const path = `/${String(created["id"])}`;
  assert.deepEqual((await gw.get(path)).body, kept);
  const listed = (await gw.get(`${path}/input_items`)).body;
  assert.deepEqual(at(listed, "data", 0, "content"), [{ type: "input_text", text: "one" }]);
  assert.deepEqual((await gw.delete(path)).body, {
    id: created["id"],
    object: "response",
    deleted: true,
  });
  for (const gone of [gw.get(path), gw.delete(path), gw.get(`${path}/input_items`)]) {
    const { status, body } = await gone;
    assert.equal(status, 404);
    assert.match(String(at(body, "error", "message")), /not found/);
  }
  const { status } = await gw.post("", { input: "x", previous_response_id: created["id"] });
  assert.equal(status, 400);
});

const texts = (body: unknown) =>
  (at(body, "data") as unknown[]).map((item) => at(item, "content", 0, "text"));

test("input items are those of the whole conversation, a page at a time", async () => {
  await using gw = await start();
  const first = await gw.create({ input: "one" });
  const second = await gw.create({
    input: [{ role: "user", content: "two" }],
    previous_response_id: first["id"],
  });
  const path = `/${String(second["id"])}/input_items`;
  const all = (await gw.get(`${path}?order=asc`)).body;
  assert.deepEqual(texts(all), ["one", "reply 1", "two"]);
  assert.equal(at(all, "has_more"), false);
  const newest = (await gw.get(`${path}?limit=1`)).body;
  assert.deepEqual([texts(newest), newest["has_more"]], [["two"], true]);
  const next = (await gw.get(`${path}?limit=2&after=${String(newest["last_id"])}`)).body;
  assert.deepEqual(texts(next), ["reply 1", "one"]);
  for (const query of ["limit=0", "limit=x", "order=up", "after=nobody"]) {
    assert.equal((await gw.get(`${path}?${query}`)).status, 400, query);
  }
});

test("an item reference stands for the item; without it the model is not asked", async () => {
  await using gw = await start();
  const { output } = await gw.create({ input: "one" });
  const id = at(output, 0, "id");
  const later = { role: "user", content: "two" };
  await gw.create({ input: [{ type: "item_reference", id }, later], store: false });
  assert.deepEqual(gw.last(), ["assistant: reply 1", "user: two"]);
  await gw.create({ input: [{ id }, later] });
  assert.deepEqual(gw.last(), ["assistant: reply 1", "user: two"]);
  const lost = { type: "item_reference", id: "msg_elsewhere_0" };
  const refused = await gw.post("", { input: [later, lost] });
  assert.equal(refused.status, 400);
  assert.equal(at(refused.body, "error", "param"), "input[1].id");
  const thought = await gw.post("", { input: [{ type: "item_reference", id: "rs_x_0" }, later] });
  assert.equal(thought.headers.get("x-agproxy-ignored"), "input.item_reference");
});

test("store: false keeps nothing", async () => {
  await using gw = await start();
  const { id, store } = await gw.create({ input: "one", store: false });
  assert.equal(store, false);
  assert.equal((await gw.get(`/${String(id)}`)).status, 404);
  const events = await gw.stream({ input: "one", store: false });
  const streamed = at(events.at(-1), "response", "id");
  assert.equal((await gw.get(`/${String(streamed)}`)).status, 404);
});

test("the response is kept before its last event leaves", async () => {
  await using gw = await start();
  const response = await fetch(`${gw.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", input: "one", stream: true }),
  });
  let seen = "";
  for await (const bytes of response.body!) {
    seen += Buffer.from(bytes).toString();
    if (!seen.includes("response.completed")) continue;
    const id = /"id":"(resp_[\w-]+)"/.exec(seen)?.[1];
    assert.equal((await gw.get(`/${id}`)).body["status"], "completed");
    break;
  }
  assert.match(seen, /response\.completed/);
});

test("a response that failed in the middle is kept as failed", async () => {
  await using gw = await start(function* () {
    yield [{ type: "text", choice: 0, text: "Hel" }];
    throw new AgproxyError("upstream_cut");
  });
  const events = await gw.stream({ input: "one" });
  const { body } = await gw.get(`/${String(at(events.at(-1), "response", "id"))}`);
  assert.equal(body["status"], "failed");
  assert.equal(at(body, "error", "code"), "server_error");
});

test("nobody reads, continues, lists, cancels or deletes another's responses", async () => {
  const upstream = scriptedUpstream(counting);
  const keys = { anna: "key-of-anna-0123456789", bert: "key-of-bert-0123456789" };
  const named = Object.entries(keys).map(([name, key]) => ({ name, key }));
  await using gateway = await startGateway({
    plugins: [auth({ mode: "strict", keys: named }), responses(), upstream.plugin],
  });
  const anna = responseClient(gateway, keys.anna);
  const bert = responseClient(gateway, keys.bert);
  const { id, output } = await anna.create({ input: "secret" });
  const path = `/${String(id)}`;
  const reference = { type: "item_reference", id: at(output, 0, "id") };
  const tries = [
    bert.get(path),
    bert.get(`${path}?stream=true`),
    bert.get(`${path}/input_items`),
    bert.delete(path),
    bert.post(`${path}/cancel`, {}),
    bert.post("", { input: "x", previous_response_id: id }),
    bert.post("/compact", { input: "x", previous_response_id: id }),
    bert.post("/input_tokens", { input: "x", previous_response_id: id }),
    bert.post("", { input: [reference] }),
  ];
  for (const { status, body } of await Promise.all(tries)) {
    assert.ok(status === 404 || status === 400, String(status));
    assert.doesNotMatch(JSON.stringify(body), /secret/);
  }
  assert.equal(upstream.sent.length, 1);
  assert.equal((await anna.get(path)).status, 200);
});

test("with a store on disk a restart loses nothing that was acknowledged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-state-"));
  const store = join(folder, "store.sqlite");
  try {
    let previous: unknown;
    let tokens: unknown;
    {
      await using gw = await start(counting, { store });
      const first = await gw.create({ input: "one" });
      previous = first["id"];
      tokens = first["output"];
    }
    await using gw = await start(counting, { store });
    await gw.create({ input: "two", previous_response_id: previous });
    assert.deepEqual(gw.last(), ["user: one", "assistant: reply 1", "user: two"]);
    assert.deepEqual((await gw.get(`/${String(previous)}`)).body["output"], tokens);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** An upstream that says one word and waits until it is let go on, or is given up. */
function held() {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const script: Script = async function* (_request, { exchange }) {
    yield [{ type: "text", choice: 0, text: "one " }];
    begun.resolve();
    const { signal } = exchange.incoming;
    const left = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("given up")), { once: true });
    });
    await Promise.race([gate.promise, left]);
    yield* textAnswer("two");
  };
  return { script, begun: begun.promise, letGo: gate.resolve };
}

type Client = Awaited<ReturnType<typeof start>>;

test("a background response is answered at once and polled until it is complete", async () => {
  const upstream = held();
  await using gw = await start(upstream.script);
  const queued = await gw.create({ input: "x", background: true });
  assert.deepEqual([queued["status"], queued["background"]], ["queued", true]);
  assert.deepEqual(queued["output"], []);
  await upstream.begun;
  const { body } = await gw.get(`/${String(queued["id"])}`);
  assert.equal(body["status"], "in_progress");
  const early = await gw.post("", { input: "y", previous_response_id: queued["id"] });
  assert.equal(early.status, 400);
  assert.match(String(at(early.body, "error", "message")), /still/);
  upstream.letGo();
  const done = await polled(gw, queued["id"]);
  assert.equal(done["status"], "completed");
  assert.equal(outputText(done), "one two");
});

/** A background stream whose first event is here. */
async function opened(gw: Client) {
  const leave = new AbortController();
  const response = await fetch(`${gw.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", input: "x", background: true, stream: true }),
    signal: leave.signal,
  });
  const reader = response.body!.getReader();
  let text = Buffer.from((await reader.read()).value ?? []).toString();
  const rest = async () => {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      text += Buffer.from(step.value).toString();
    }
    return text;
  };
  return { id: /"id":"(resp_[\w-]+)"/.exec(text)?.[1] ?? "", rest, leave: () => leave.abort() };
}

test("a background stream is followed, left, and taken up after any event", async () => {
  const upstream = held();
  await using gw = await start(upstream.script);
  const stream = await opened(gw);
  await upstream.begun;
  stream.leave();
  const following = gw.resume(`/${stream.id}?stream=true`);
  upstream.letGo();
  const all = await following;
  assert.deepEqual(
    all.map((event) => event["sequence_number"]),
    all.map((_, index) => index),
  );
  assert.equal(all.at(-1)?.["type"], "response.completed");
  assert.equal(outputText(await polled(gw, stream.id)), "one two");
  for (const after of [-1, 0, 3, all.length - 2, all.length - 1, 1000]) {
    const rest = await gw.resume(`/${stream.id}?stream=true&starting_after=${after}`);
    assert.deepEqual(rest, all.slice(after + 1), `after ${after}`);
  }
  for (const after of ["-4", "1.5", "x"]) {
    const refused = await gw.get(`/${stream.id}?stream=true&starting_after=${after}`);
    assert.deepEqual([refused.status, at(refused.body, "error", "param")], [400, "starting_after"]);
  }
});

test("a background response is cancelled, once and again, and so is its stream", async () => {
  for (const streamed of [false, true]) {
    const upstream = held();
    await using gw = await start(upstream.script);
    const stream = streamed ? await opened(gw) : undefined;
    const id = stream?.id ?? String((await gw.create({ input: "x", background: true }))["id"]);
    await upstream.begun;
    const cancelled = await gw.post(`/${id}/cancel`, {});
    assert.deepEqual([cancelled.status, cancelled.body["status"]], [200, "cancelled"]);
    assert.deepEqual((await gw.post(`/${id}/cancel`, {})).body, cancelled.body);
    assert.deepEqual((await gw.get(`/${id}`)).body, cancelled.body);
    if (stream !== undefined) assert.match(await stream.rest(), /"status":"cancelled"/);
  }
});

test("what cannot be done to a response says why", async () => {
  await using gw = await start();
  const { id } = await gw.create({ input: "x" });
  const path = `/${String(id)}`;
  const refused = await Promise.all([
    gw.post(`${path}/cancel`, {}),
    gw.get(`${path}?stream=true`),
    gw.post("", { input: "x", background: true, store: false }),
    gw.post("", { input: 5, background: true }),
  ]);
  assert.deepEqual(
    refused.map(({ status, body }) => [status, at(body, "error", "param")]),
    [
      [400, null],
      [400, "stream"],
      [400, "store"],
      [400, "input"],
    ],
  );
  assert.equal((await gw.post("/resp_none/cancel", {})).status, 404);
});

test("a background response fails like any other", async () => {
  await using gw = await start(() => {
    throw new AgproxyError("rate_limit_exceeded", "Slow down.");
  });
  const { id } = await gw.create({ input: "x", background: true });
  const failed = await polled(gw, id);
  assert.equal(failed["status"], "failed");
  assert.equal(at(failed, "error", "code"), "rate_limit_exceeded");
  const stream = await gw.stream({ input: "x", background: true });
  assert.deepEqual(
    stream.map(({ type }) => type),
    ["response.created", "response.in_progress", "error", "response.failed"],
  );
});

test("a background response that the gateway's end cuts short has failed, and says why", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-state-"));
  const store = join(folder, "store.sqlite");
  try {
    const ids: unknown[] = [];
    for (const streamed of [false, true]) {
      const upstream = held();
      const gw = await start(upstream.script, { store, drain: 20 });
      const stream = streamed ? await opened(gw) : undefined;
      ids.push(stream?.id ?? (await gw.create({ input: "x", background: true }))["id"]);
      await upstream.begun;
      stream?.leave();
      await gw.close();
    }
    await using again = await start(counting, { store });
    const [, streamed] = ids;
    for (const id of ids) {
      const { body } = await again.get(`/${String(id)}`);
      assert.equal(body["status"], "failed");
      assert.match(String(at(body, "error", "message")), /stopped before/);
    }
    const events = await again.resume(`/${String(streamed)}?stream=true`);
    assert.equal(events.at(-1)?.["type"], "response.failed");
    const response = (await again.get(`/${String(streamed)}`)).body;
    assert.deepEqual(events.at(-1)?.["response"], response);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a background response is not hurried by the gateway's end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-state-"));
  const store = join(folder, "store.sqlite");
  try {
    const upstream = held();
    const gw = await start(upstream.script, { store, drain: 60_000 });
    const { id } = await gw.create({ input: "x", background: true });
    await upstream.begun;
    const closing = gw.close();
    upstream.letGo();
    await closing;
    await using again = await start(counting, { store });
    const { body } = await again.get(`/${String(id)}`);
    assert.equal(body["status"], "completed");
    assert.equal(outputText(body), "one two");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** `AGPROXY_CONVERSATIONS=1000 AGPROXY_TURNS=50` is the whole promise; it takes minutes. */
const conversations = Number(process.env["AGPROXY_CONVERSATIONS"] ?? 40);
const turns = Number(process.env["AGPROXY_TURNS"] ?? 20);

test(`${conversations} conversations of ${turns} turns: all there after a restart, each for its key`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-state-"));
  const names = ["anna", "bert", "cleo"];
  const keys = names.map((name) => ({ name, key: `key-of-${name}-0123456789` }));
  const keyOf = (conversation: number) => keys[conversation % keys.length]?.key ?? "";
  const boot = () =>
    startGateway({
      store: join(folder, "store.sqlite"),
      plugins: [auth({ mode: "strict", keys }), responses(), scriptedUpstream(counting).plugin],
    });
  const last: unknown[] = [];

  async function converse(url: string, conversation: number): Promise<void> {
    const client = responseClient({ url }, keyOf(conversation));
    let previous: unknown = null;
    for (let turn = 1; turn <= turns; turn += 1) {
      const body = { input: `turn ${turn}`, previous_response_id: previous };
      const response = await client.create(body);
      assert.equal(outputText(response), `reply ${turn}`);
      previous = response["id"];
    }
    last[conversation] = previous;
  }

  try {
    {
      await using gateway = await boot();
      const lanes = Array.from({ length: 8 }, async (_, lane) => {
        for (let one = lane; one < conversations; one += 8) await converse(gateway.url, one);
      });
      await Promise.all(lanes);
    }
    await using gateway = await boot();
    for (const [conversation, id] of last.entries()) {
      const own = responseClient(gateway, keyOf(conversation));
      const response = await own.create({ input: "more", previous_response_id: id });
      assert.equal(outputText(response), `reply ${turns + 1}`);
      const other = responseClient(gateway, keyOf(conversation + 1));
      assert.equal((await other.get(`/${String(id)}`)).status, 404);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
