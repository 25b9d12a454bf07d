import assert from "node:assert/strict";
import { test } from "node:test";
import { type Script, textAnswer } from "@agproxy/core/testing";
import { testGateway } from "../fixtures/gateway.ts";
import { wireEvents } from "../fixtures/streams.ts";

const trigger = { type: "compaction_trigger" };
const conversation = [
  { role: "user", content: "The word is PINEAPPLE." },
  { role: "assistant", content: "Noted." },
];

interface Body {
  readonly id: string;
  readonly status: string;
  readonly output: readonly { type: string; encrypted_content: string }[];
}

const summarise: Script = () => textAnswer("The word is PINEAPPLE.");

const bodyOf = async (answer: Response) => (await answer.json()) as Body;

test("a trigger is answered with one item that stands for the conversation from then on", async () => {
  await using gw = await testGateway(summarise);
  const tools = [{ type: "function", name: "f" }];
  for (const stream of [false, true]) {
    const answer = await gw.post({ input: [...conversation, trigger], tools, stream });
    const events = stream ? wireEvents(await answer.text()) : [];
    const body = stream ? (events.at(-1)?.["response"] as Body) : await bodyOf(answer);
    assert.equal(body.status, "completed");
    assert.equal(body.output.length, 1);
    assert.equal(body.output[0]?.type, "compaction");
    assert.doesNotMatch(body.output[0].encrypted_content, /PINEAPPLE/);
    const types = ["created", "in_progress", "output_item.added", "output_item.done", "completed"];
    if (stream) {
      assert.deepEqual(
        events.map(({ type }) => type),
        types.map((type) => `response.${type}`),
      );
    }
    const asked = gw.sent.at(-1)!.request;
    assert.equal(asked.tools, undefined);
    assert.equal(asked.messages.length, 3);
    await gw.post({ input: [...body.output, { role: "user", content: "Go on." }] });
    const texts = gw.sent.at(-1)!.request.messages.map(({ content: [part] }) => part);
    assert.equal(texts.length, 2);
    assert.match(JSON.stringify(texts[0]), /Summary.*The word is PINEAPPLE\./);
  }
});

test("a conversation that continues a stored summary has nothing from before it", async () => {
  await using gw = await testGateway(summarise);
  const first = await bodyOf(await gw.post({ input: conversation }));
  const short = await bodyOf(await gw.post({ input: [trigger], previous_response_id: first.id }));
  await gw.post({ input: "Go on.", previous_response_id: short.id });
  const { messages } = gw.sent.at(-1)!.request;
  assert.deepEqual(
    messages.map(({ role }) => role),
    ["user", "user"],
  );
});

test("the older route gives the same item", async () => {
  await using gw = await testGateway(summarise);
  for (const input of [conversation, "The word is PINEAPPLE."]) {
    const body = await bodyOf(await gw.post({ input }, "/compact"));
    assert.deepEqual(Object.keys(body), ["id", "object", "created_at", "output", "usage"]);
    assert.deepEqual(
      body.output.map(({ type }) => type),
      ["compaction"],
    );
  }
  assert.equal((await gw.post({ input: 5 }, "/compact")).status, 400);
});

test("a damaged or foreign summary is left out and named, and fails nothing", async () => {
  await using gw = await testGateway(summarise);
  const { output } = await bodyOf(await gw.post({ input: [trigger] }));
  const token = output[0]?.encrypted_content ?? "";
  const middle = Math.floor(token.length / 2);
  const letter = token[middle] === "A" ? "B" : "A";
  const damaged = token.slice(0, middle) + letter + token.slice(middle + 1);
  for (const encrypted_content of [damaged, "gAAAAABforeign", token.slice(0, -1)]) {
    const item = { type: "compaction", encrypted_content };
    const answer = await gw.post({ input: [item, { role: "user", content: "Go on." }] });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-agproxy-ignored"), "input.compaction");
    assert.equal(gw.sent.at(-1)!.request.messages.length, 1);
  }
});

test("a trigger anywhere else, or twice, is a 400", async () => {
  await using gw = await testGateway(summarise);
  const inputs = [
    [trigger, ...conversation],
    [trigger, trigger],
  ];
  for (const input of inputs) {
    const answer = await gw.post({ input });
    assert.equal(answer.status, 400);
    const { error } = (await answer.json()) as { error: { param: string } };
    assert.equal(error.param, "input[0].type");
  }
});

test("a model that writes no summary fails the request", async () => {
  await using gw = await testGateway(() => [[{ type: "finish", choice: 0, reason: "stop" }]]);
  assert.equal((await gw.post({ input: [trigger] })).status, 502);
  const events = wireEvents(await (await gw.post({ input: [trigger], stream: true })).text());
  assert.equal(events.at(-1)?.type, "response.failed");
});
